package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may send to a port. Its string form never holds a credential.
 *
 * @param kind how the lines are to be understood
 * @param header the field that carries them
 * @param scheme the word before them; empty: none
 * @param file one credential a line, read anew when it changes; null: the text counts
 * @param text the same
 */
public record Login(Kind kind, String header, String scheme, @Nullable Path file, String text) {
  private static final int BYTES_MAX = 1 << 20;
  private static final int LINES_MAX = 1000;

  /** What a line is. */
  public enum Kind {
    /** A token. */
    BEARER,
    /** {@code user:password}. */
    BASIC
  }

  /**
   * Checks what can be checked without the file.
   *
   * @throws IllegalArgumentException with the key of the configuration and what it may be
   */
  public Login {
    if (!header.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+") || header.startsWith("grpc-")) {
      throw new IllegalArgumentException("header: must be the name of a header field");
    }
    if (!scheme.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]*")) {
      throw new IllegalArgumentException("scheme: must be one word");
    }
  }

  /** One of these tokens, a line each. */
  public static Login bearer(String tokens) {
    return new Login(Kind.BEARER, "Authorization", "Bearer", null, tokens);
  }

  /** One of these users, {@code user:password} a line. */
  public static Login basic(String users) {
    return new Login(Kind.BASIC, "Authorization", "Basic", null, users);
  }

  /**
   * Looks whether the credentials can be read.
   *
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException with one sentence that repeats nothing of them
   */
  public void check() throws IOException {
    var _ = guard(read());
  }

  /** The lines. */
  String read() throws IOException {
    if (file == null) {
      return text;
    }
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException(file + " is larger than 1 MiB");
    }
    return Files.readString(file, UTF_8);
  }

  /**
   * Who shows one of these lines.
   *
   * @throws IllegalArgumentException with one sentence that repeats nothing of them
   */
  Guard guard(String lines) {
    List<String> credentials = new ArrayList<>();
    for (String line : lines.lines().map(String::strip).toList()) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        credentials.add(credential(line));
      }
    }
    if (credentials.isEmpty() || credentials.size() > LINES_MAX) {
      throw new IllegalArgumentException("there must be 1 to 1000 credentials, one a line");
    }
    return new Guard(scheme, credentials);
  }

  private String credential(String line) {
    if (kind == Kind.BEARER) {
      if (!line.matches("[!-~]+")) {
        throw new IllegalArgumentException("a token must be of ASCII, without blanks");
      }
      return line;
    }
    int colon = line.indexOf(':');
    if (colon < 1 || line.length() == colon + 1) {
      throw new IllegalArgumentException("a line must be user:password");
    }
    if (line.startsWith("$", colon + 1) || line.startsWith("{", colon + 1)) {
      throw new IllegalArgumentException(
          "a password must stand in the clear: hashed ones ($..., {...}) are not in this version");
    }
    return Base64.getEncoder().encodeToString(line.getBytes(UTF_8));
  }

  @Override
  public String toString() {
    return kind + " " + header + " " + (file == null ? "[REDACTED]" : file);
  }
}
