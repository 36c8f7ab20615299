package dev.tollspan.exporters.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;

/** How the destination is told who we are: one header. What is secret of it is never printed. */
public sealed interface Auth {
  /** Nothing is told, but for headers that are configured. */
  record None() implements Auth {}

  /** A header whose value stands in the configuration. */
  record Fixed(String header, String value) implements Auth {
    public Fixed {
      header = OtlpConfig.headerName(header);
      OtlpConfig.checkHeaderValue(header, value);
    }

    @Override
    public String toString() {
      return "Fixed[header=" + header + "]";
    }
  }

  /**
   * A header whose value ends with the text of a file, which is read again whenever it changes.
   *
   * @param prefix what stands in front of it, such as {@code "Bearer "}
   */
  record FromFile(String header, String prefix, Path file) implements Auth {
    public FromFile {
      header = OtlpConfig.headerName(header);
      OtlpConfig.checkHeaderValue(header, prefix);
    }
  }

  static Auth none() {
    return new None();
  }

  /** Basic authentication (RFC 7617). */
  static Auth basic(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(UTF_8);
    return new Fixed("authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
  }

  /** The name of its header in lower case; empty if there is none. */
  default String headerName() {
    return switch (this) {
      case None _ -> "";
      case Fixed fixed -> fixed.header().toLowerCase(Locale.ROOT);
      case FromFile file -> file.header().toLowerCase(Locale.ROOT);
    };
  }
}
