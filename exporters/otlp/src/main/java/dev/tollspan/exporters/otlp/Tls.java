package dev.tollspan.exporters.otlp;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the destination is trusted and how it knows us.
 *
 * @param insecure no TLS, for an endpoint that names no scheme; a scheme decides alone
 * @param caFile PEM certificates to trust instead of the platform's
 * @param certFile PEM certificate chain of our own, together with {@code keyFile}
 * @param keyFile PEM private key, PKCS 8
 */
public record Tls(
    boolean insecure, @Nullable Path caFile, @Nullable Path certFile, @Nullable Path keyFile) {
  public Tls {
    if ((certFile == null) != (keyFile == null)) {
      throw new IllegalArgumentException("tls.cert_file and tls.key_file go together");
    }
  }

  /** TLS with the certificates that the platform trusts, and none of our own. */
  public static Tls platform() {
    return new Tls(false, null, null, null);
  }
}
