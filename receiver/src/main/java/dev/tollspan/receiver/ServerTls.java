package dev.tollspan.receiver;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one port.
 *
 * @param certificate with those that it is signed by
 * @param key in PKCS 8, without a password
 * @param clientCa who signs the certificates that clients must show; null: they need none
 * @param reloadsClientCa whether its file is looked at again, as the other two are
 * @param reloadInterval how often files are looked at
 * @param minVersion {@code 1.2} or {@code 1.3}
 * @param maxVersion likewise
 * @param cipherSuites of TLS 1.2, by their names in the JDK; empty: what the JDK thinks right
 */
public record ServerTls(
    Pem certificate,
    Pem key,
    @Nullable Pem clientCa,
    boolean reloadsClientCa,
    Duration reloadInterval,
    String minVersion,
    String maxVersion,
    List<String> cipherSuites) {
  /** How often files are looked at unless something else is asked for. */
  public static final Duration RELOAD_INTERVAL = Duration.ofSeconds(10);

  private static final List<String> VERSIONS = List.of("1.2", "1.3");

  /**
   * Checks what can be checked without the files.
   *
   * @throws IllegalArgumentException with the key of the configuration and what it may be
   */
  public ServerTls {
    cipherSuites = List.copyOf(cipherSuites);
    if (!VERSIONS.contains(minVersion)) {
      throw new IllegalArgumentException("min_version: must be 1.2 or 1.3");
    }
    if (!VERSIONS.contains(maxVersion) || maxVersion.compareTo(minVersion) < 0) {
      throw new IllegalArgumentException("max_version: must be 1.2 or 1.3, not below min_version");
    }
    for (String suite : cipherSuites) {
      if (!TlsContext.isKnown(suite)) {
        throw new IllegalArgumentException("cipher_suites: must be names that the JDK knows");
      }
    }
    if (reloadInterval.compareTo(Duration.ofSeconds(1)) < 0 || reloadInterval.toDays() > 365) {
      throw new IllegalArgumentException("reload_interval: must be from 1s to 365d");
    }
  }

  /** The usual versions and ciphers, for clients with certificates of this authority, if any. */
  public static ServerTls of(Pem certificate, Pem key, @Nullable Pem clientCa) {
    return new ServerTls(
        certificate, key, clientCa, true, RELOAD_INTERVAL, "1.2", "1.3", List.of());
  }

  /**
   * Looks whether the files can be used.
   *
   * @throws IOException with what is wrong, of which it repeats nothing
   */
  public void check() throws IOException {
    var _ = TlsContext.of(this, TlsContext.Files.read(this));
  }
}
