package dev.tollspan.pipelineconfig;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says for the operator why a directory cannot be written to. */
public final class CannotWrite {
  private CannotWrite() {}

  /**
   * One sentence with the path and the reason. A failure that no file system told, anywhere in its
   * causes, speaks for itself.
   */
  public static String sentence(Path directory, IOException failure) {
    Throwable told = failure;
    while (told != null && !(told instanceof FileSystemException)) {
      told = told.getCause();
    }
    return told instanceof FileSystemException refusal
        ? "cannot write to " + Obstacle.whole(directory) + ": " + reason(refusal)
        : String.valueOf(failure.getMessage());
  }

  private static String reason(FileSystemException refusal) {
    @Nullable String told = refusal.getReason();
    return switch (refusal) {
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _, NotDirectoryException _ -> "not a directory";
      case NoSuchFileException _ -> "no such directory, and it cannot be made";
      default -> told == null ? "the system refuses it" : told.toLowerCase(Locale.ROOT);
    };
  }
}
