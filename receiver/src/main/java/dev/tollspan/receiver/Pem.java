package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Certificates or a key in PEM: a file, or its text. Its string form never holds the text.
 *
 * @param file null: the text counts
 */
public record Pem(@Nullable Path file, String text) {
  private static final int BYTES_MAX = 1 << 20;

  /** What the file holds. */
  public static Pem of(Path file) {
    return new Pem(file, "");
  }

  byte[] bytes() throws IOException {
    if (file == null) {
      return text.getBytes(US_ASCII);
    }
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException(file + " is larger than 1 MiB");
    }
    return Files.readAllBytes(file);
  }

  @Override
  public String toString() {
    return file == null ? "[REDACTED]" : file.toString();
  }
}
