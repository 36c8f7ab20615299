package dev.tollspan.receiver;

import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Makes the context of a port's TLS from what its files hold. */
final class TlsContext {
  private static final List<String> SUITES_13 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  /**
   * In our order: a client that offers both must mean HTTP/1.1, because those of gRPC offer h2
   * alone, and of HTTP/2 we take nothing but gRPC.
   */
  private static final ApplicationProtocolConfig PROTOCOLS =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          "http/1.1",
          "h2");

  private TlsContext() {}

  /** What the files of a port hold; the authority may be null. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Files(byte[] certificate, byte[] key, byte @Nullable [] clientCa) {
    static Files read(ServerTls tls) throws IOException {
      Pem ca = tls.clientCa();
      return new Files(
          tls.certificate().bytes(), tls.key().bytes(), ca == null ? null : ca.bytes());
    }
  }

  /**
   * The context.
   *
   * @throws IOException with what is wrong with the files, of which it repeats nothing
   */
  static SslContext of(ServerTls tls, Files files) throws IOException {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(
                  new ByteArrayInputStream(files.certificate()),
                  new ByteArrayInputStream(files.key()))
              .sslProvider(SslProvider.JDK)
              .protocols(versions(tls))
              .applicationProtocolConfig(PROTOCOLS);
      if (!tls.cipherSuites().isEmpty()) {
        builder.ciphers(suites(tls));
      }
      byte[] ca = files.clientCa();
      if (ca != null) {
        builder.trustManager(new ByteArrayInputStream(ca)).clientAuth(ClientAuth.REQUIRE);
      }
      return builder.build();
    } catch (IllegalArgumentException | IOException e) {
      throw new IOException(
          "a file holds no PEM certificates, or no PEM key of PKCS 8 that fits them", e);
    }
  }

  private static List<String> versions(ServerTls tls) {
    List<String> versions = new ArrayList<>();
    for (String version : List.of("1.3", "1.2")) {
      if (version.compareTo(tls.minVersion()) >= 0 && version.compareTo(tls.maxVersion()) <= 0) {
        versions.add("TLSv" + version);
      }
    }
    return versions;
  }

  private static List<String> suites(ServerTls tls) {
    List<String> suites = new ArrayList<>(SUITES_13); // these cannot be chosen, as in the Collector
    suites.addAll(tls.cipherSuites());
    return suites;
  }

  /** Whether the JDK has a cipher of this name. */
  static boolean isKnown(String suite) {
    try {
      String[] all = SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites();
      return Set.of(all).contains(suite);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }
}
