package dev.tollspan.journal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a disk, in words that name no file and quote nothing.
 *
 * @param words for answers, health and logs
 * @param full whether room would help
 */
record Trouble(String words, boolean full) {
  static Trouble of(IOException e) {
    if (e instanceof AccessDeniedException) {
      return new Trouble("access to the journal's folder is denied", false);
    }
    @Nullable String message = e.getMessage();
    String text = message == null ? "" : message;
    if (text.contains("No space left")) {
      return new Trouble("no space is left on the disk", true);
    }
    if (text.contains("quota")) {
      return new Trouble("the quota of the disk is used up", true);
    }
    if (text.contains("too large")) {
      return new Trouble("files may not grow that large", true);
    }
    if (text.contains("Read-only")) {
      return new Trouble("the file system is read-only", false);
    }
    if (text.contains("Too many open files")) {
      return new Trouble("too many files are open", false);
    }
    return new Trouble("the disk reports an error", false);
  }

  /** What a sender is told. */
  Appended answer() {
    return full ? new Appended.Full(words) : new Appended.Failing(words);
  }
}
