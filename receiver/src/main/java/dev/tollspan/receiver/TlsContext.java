package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;

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
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Makes the context of a port's TLS from what its files hold. */
final class TlsContext {
  private static final List<String> SUITES_13 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

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
      X509Certificate[] chain = chain(files.certificate());
      PrivateKey key = key(files.key(), chain[0].getPublicKey());
      SslContextBuilder builder =
          SslContextBuilder.forServer(key, chain)
              .sslProvider(SslProvider.JDK)
              .protocols(versions(tls))
              .applicationProtocolConfig(PROTOCOLS);
      if (!tls.cipherSuites().isEmpty()) {
        builder.ciphers(suites(tls));
      }
      byte[] ca = files.clientCa();
      if (ca != null) {
        builder.trustManager(chain(ca)).clientAuth(ClientAuth.REQUIRE);
      }
      return builder.build();
    } catch (GeneralSecurityException | IllegalArgumentException | IOException e) {
      throw new IOException(
          "a file holds no PEM certificates, or no PEM key of PKCS 8 that fits them", e);
    }
  }

  private static X509Certificate[] chain(byte[] pem) throws GeneralSecurityException {
    X509Certificate[] chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem))
            .toArray(X509Certificate[]::new);
    if (chain.length == 0) {
      throw new CertificateException("no certificate");
    }
    return chain;
  }

  /**
   * The key, if it belongs to that of the certificate: in the middle of a change it may not, and
   * the JDK would only notice in each handshake.
   */
  private static PrivateKey key(byte[] pem, PublicKey certified) throws GeneralSecurityException {
    Matcher text = KEY.matcher(new String(pem, US_ASCII));
    if (!text.find()) {
      throw new InvalidKeyException("no key");
    }
    String algorithm = certified.getAlgorithm();
    byte[] encoded = Base64.getMimeDecoder().decode(text.group(1));
    PrivateKey key =
        KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    Signature signature =
        Signature.getInstance(
            switch (algorithm) {
              case "EC" -> "SHA256withECDSA";
              case "RSA" -> "SHA256withRSA";
              default -> algorithm;
            });
    signature.initSign(key);
    signature.update(encoded);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(encoded);
    if (!signature.verify(signed)) {
      throw new InvalidKeyException("the key of another certificate");
    }
    return key;
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
