package dev.tollspan.pipelineconfig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Files that were being written when their process died: hidden, and not yet renamed. */
final class Leftovers {
  private static final int DEPTH = 4; // spans, date, hour, file

  private Leftovers() {}

  /** How many there are; those of living processes too. 0 if nobody can tell. */
  static long count(Path directory) {
    try (Stream<Path> files = Files.walk(directory, DEPTH)) {
      return files.filter(Leftovers::isUnfinished).count();
    } catch (IOException | UncheckedIOException _) {
      return 0;
    }
  }

  static boolean isUnfinished(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(".") && (name.endsWith(".part") || name.endsWith(".tmp"));
  }
}
