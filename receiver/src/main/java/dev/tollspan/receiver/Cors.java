package dev.tollspan.receiver;

import java.time.Duration;
import java.util.List;

/**
 * What browsers may send, and from which pages (Fetch standard, "CORS protocol"). Without origins
 * it is off.
 *
 * @param allowedOrigins such as {@code https://app.example.com}, with at most one {@code *} that
 *     stands for any text; alone it stands for every page
 * @param allowedHeaders beside those that OTLP needs
 * @param maxAge how long a browser may keep an answer; 0 leaves that to it
 */
public record Cors(List<String> allowedOrigins, List<String> allowedHeaders, Duration maxAge) {
  /** For no page. */
  public static final Cors OFF = new Cors(List.of(), List.of(), Duration.ZERO);

  private static final String ANY = "*";

  /**
   * Checks the texts, which become header fields.
   *
   * @throws IllegalArgumentException with the key of the configuration and what it may be
   */
  public Cors {
    allowedOrigins = List.copyOf(allowedOrigins);
    allowedHeaders = List.copyOf(allowedHeaders);
    for (String origin : allowedOrigins) {
      if (!origin.matches("[!-~&&[^,]]+") || origin.indexOf('*') != origin.lastIndexOf('*')) {
        throw new IllegalArgumentException(
            "allowed_origins: must be like https://host, with one * at most");
      }
    }
    for (String header : allowedHeaders) {
      if (!header.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
        throw new IllegalArgumentException("allowed_headers: must be names of header fields");
      }
    }
    if (maxAge.isNegative()) {
      throw new IllegalArgumentException("max_age: must not be negative");
    }
  }

  /** Whether every page may send. */
  public boolean isForAll() {
    return allowedOrigins.contains(ANY);
  }

  /** The header fields that let this page read an answer; empty if it may not. */
  String answer(String origin) {
    if (origin.isEmpty()) {
      return "";
    }
    for (String allowed : allowedOrigins) {
      if (!allowed.equals(ANY) && matches(allowed, origin)) {
        return "Access-Control-Allow-Origin: "
            + origin
            + "\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n";
      }
    }
    return isForAll() ? "Access-Control-Allow-Origin: *\r\n" : "";
  }

  /** The same for the question that a browser asks first. */
  String preflight(String origin) {
    String answer = answer(origin);
    if (answer.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(answer);
    text.append("Access-Control-Allow-Methods: POST\r\n");
    text.append("Access-Control-Allow-Headers: Content-Type, Content-Encoding");
    allowedHeaders.forEach(header -> text.append(", ").append(header));
    text.append("\r\n");
    if (!maxAge.isZero()) {
      text.append("Access-Control-Max-Age: ").append(maxAge.toSeconds()).append("\r\n");
    }
    return text.toString();
  }

  private static boolean matches(String allowed, String origin) {
    int star = allowed.indexOf('*');
    if (star < 0) {
      return allowed.equalsIgnoreCase(origin);
    }
    int rest = allowed.length() - star - 1;
    return origin.length() >= allowed.length() - 1
        && origin.regionMatches(true, 0, allowed, 0, star)
        && origin.regionMatches(true, origin.length() - rest, allowed, star + 1, rest);
  }
}
