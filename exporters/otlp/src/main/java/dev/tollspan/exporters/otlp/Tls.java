package dev.tollspan.exporters.otlp;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the destination is trusted and how it knows us.
 *
 * @param insecure no TLS, for an endpoint that names no scheme; a scheme decides alone
 * @param skipVerify whoever answers is trusted
 * @param caFile PEM certificates to trust instead of the platform's
 * @param certFile PEM certificate chain of our own, together with {@code keyFile}
 * @param keyFile PEM private key, PKCS 8
 * @param serverName whom the destination's certificate has to name, if that is not the endpoint's
 *     host
 * @param minVersion the oldest version that is spoken
 * @param reloadInterval how often to look whether the files have changed; zero never does
 */
public record Tls(
    boolean insecure,
    boolean skipVerify,
    @Nullable Path caFile,
    @Nullable Path certFile,
    @Nullable Path keyFile,
    @Nullable String serverName,
    Version minVersion,
    Duration reloadInterval) {

  /** Older ones are not spoken. */
  public enum Version {
    TLS_1_2("1.2"),
    TLS_1_3("1.3");

    private final String number;

    Version(String number) {
      this.number = number;
    }

    /** As it stands in configurations. */
    public String number() {
      return number;
    }
  }

  public Tls {
    if ((certFile == null) != (keyFile == null)) {
      throw new IllegalArgumentException("tls.cert_file and tls.key_file go together");
    }
    if (serverName != null && !serverName.matches("[a-zA-Z0-9._-]{1,253}")) {
      throw new IllegalArgumentException("tls.server_name_override must be the name of a host");
    }
    if (!reloadInterval.isZero() && reloadInterval.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("tls.reload_interval must be 0 (never) or at least 1s");
    }
  }

  /** TLS with the certificates that the platform trusts, and none of our own. */
  public static Tls platform() {
    return new Tls(false, false, null, null, null, null, Version.TLS_1_2, Duration.ZERO);
  }

  /** The same with these certificates to trust, and none of our own. */
  public static Tls trusting(Path caFile) {
    return new Tls(false, false, caFile, null, null, null, Version.TLS_1_2, Duration.ZERO);
  }

  /** No TLS, for an endpoint that names no scheme. */
  public static Tls none() {
    return new Tls(true, false, null, null, null, null, Version.TLS_1_2, Duration.ZERO);
  }
}
