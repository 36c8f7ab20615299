package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import io.grpc.ChannelCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both protocols on both ports over TLS, clients with certificates, and new ones while it runs. */
@Timeout(60)
class TlsTest {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final byte[] GOOD = Requests.message(3).toByteArray();

  @TempDir private Path directory;

  private Path cert() {
    return directory.resolve("cert.pem");
  }

  private Path key() {
    return directory.resolve("key.pem");
  }

  private static byte[] pem(String name) throws IOException {
    try (InputStream in = TlsTest.class.getResourceAsStream("tls/" + name + ".pem")) {
      return in.readAllBytes();
    }
  }

  private void use(String name) throws IOException {
    Files.write(cert(), pem(name));
    Files.write(key(), pem(name + "-key"));
  }

  private Station station(@Nullable Pem clientCa, String minVersion) throws IOException {
    return station(clientCa, minVersion, "1.3", List.of());
  }

  private Station station(
      @Nullable Pem clientCa, String minVersion, String maxVersion, List<String> suites)
      throws IOException {
    use("server");
    ServerTls tls =
        new ServerTls(
            Pem.of(cert()),
            Pem.of(key()),
            clientCa,
            true,
            Duration.ofSeconds(1),
            minVersion,
            maxVersion,
            suites);
    Listen listen = new Listen("127.0.0.1", 0, tls, null);
    OtlpReceiverConfig config =
        new OtlpReceiverConfig(
            Station.grpc(listen, 1 << 20), Station.http(listen, 1 << 20), 16 << 20, 100, 100);
    return new Station(config, Station.PATIENCE, message -> Outcome.ACCEPTED);
  }

  private static RawClient grpc(int port, String trusted, String own) throws IOException {
    TlsChannelCredentials.Builder tls =
        TlsChannelCredentials.newBuilder().trustManager(new ByteArrayInputStream(pem(trusted)));
    if (!own.isEmpty()) {
      tls.keyManager(
          new ByteArrayInputStream(pem(own)), new ByteArrayInputStream(pem(own + "-key")));
    }
    ChannelCredentials credentials = tls.build();
    return new RawClient(port, credentials, new Metadata());
  }

  private static SSLSocket socket(int port, String own, String... protocols) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (String name : List.of("server", "renewed")) {
      trusted.setCertificateEntry(name, certificate(name));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    KeyStore owned = KeyStore.getInstance("PKCS12");
    owned.load(null, null);
    if (!own.isEmpty()) {
      String text = new String(pem(own + "-key"), java.nio.charset.StandardCharsets.US_ASCII);
      byte[] key = Base64.getMimeDecoder().decode(text.replaceAll("-----.*-----", ""));
      owned.setKeyEntry(
          own,
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
          new char[0],
          new X509Certificate[] {certificate(own)});
    }
    keys.init(owned, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static X509Certificate certificate(String name) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem(name)));
  }

  @Test
  void servesBothProtocolsOnBothPorts() throws Exception {
    try (Station station = station(null, "1.2")) {
      for (int port : new int[] {station.receiver.grpcPort(), station.receiver.httpPort()}) {
        try (RawClient grpc = grpc(port, "server", "");
            RawHttp http = new RawHttp(socket(port, ""))) {
          assertEquals(Status.Code.OK, grpc.export(GOOD).code());
          assertEquals(200, http.post(PROTOBUF, GOOD).answer().status());
          byte[] large = Requests.ofSize(1 << 20);
          assertEquals(200, http.post(PROTOBUF, large).answer().status());
          assertEquals(Status.Code.OK, grpc.export(large).code());
        }
      }
      assertEquals(16, station.ledger.accepted());
    }
  }

  /** Go's exporter over HTTP offers both, and would otherwise speak an HTTP/2 that is no gRPC. */
  @Test
  void agreesOnHttp1WithClientsThatOfferBoth() throws Exception {
    try (Station station = station(null, "1.3");
        SSLSocket both = socket(station.receiver.httpPort(), "", "h2", "http/1.1");
        SSLSocket h2 = socket(station.receiver.httpPort(), "", "h2")) {
      both.startHandshake();
      assertEquals("http/1.1", both.getApplicationProtocol());
      h2.startHandshake();
      assertEquals("h2", h2.getApplicationProtocol());
      assertEquals(200, new RawHttp(both).post(PROTOBUF, GOOD).answer().status());
    }
  }

  @Test
  void cutsOffClientsThatSpeakNoTls() throws Exception {
    try (Station station = station(null, "1.2");
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      assertEquals(400, http.post(PROTOBUF, GOOD).answer().status());
      assertTrue(http.isEnded());
      assertEquals(Status.Code.UNAVAILABLE, station.client.export(GOOD).code());
      assertTrue(station.receiver.otherConnections() >= 2);
      assertTrue(station.taken.isEmpty());
    }
  }

  @Test
  void takesNoVersionBelowTheLeast() throws Exception {
    try (Station station = station(null, "1.3");
        SSLSocket old = socket(station.receiver.httpPort(), "")) {
      old.setEnabledProtocols(new String[] {"TLSv1.2"});
      assertThrows(SSLException.class, old::startHandshake);
    }
  }

  @Test
  void takesNoVersionAboveTheMostAndNoOtherCipher() throws Exception {
    String chosen = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    try (Station station = station(null, "1.2", "1.2", List.of(chosen))) {
      int port = station.receiver.httpPort();
      try (SSLSocket fresh = socket(port, "")) {
        fresh.setEnabledProtocols(new String[] {"TLSv1.3"});
        assertThrows(SSLException.class, fresh::startHandshake);
      }
      try (SSLSocket other = socket(port, "")) {
        other.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
        assertThrows(SSLException.class, other::startHandshake);
      }
      try (SSLSocket fitting = socket(port, "")) {
        assertEquals(chosen, fitting.getSession().getCipherSuite());
      }
    }
  }

  @Test
  void keepsTheAuthorityOfTheStartUnlessItIsLookedAtAgain() throws Exception {
    for (boolean isReloaded : new boolean[] {true, false}) {
      use("server");
      Path ca = directory.resolve("ca.pem");
      Files.write(ca, pem("client"));
      ServerTls tls =
          new ServerTls(
              Pem.of(cert()),
              Pem.of(key()),
              Pem.of(ca),
              isReloaded,
              Duration.ofSeconds(1),
              "1.2",
              "1.3",
              List.of());
      Port port = new Port(Port.Home.GRPC, new Listen("127.0.0.1", 0, tls, null));
      port.load();
      Object first = port.tls();
      Files.write(ca, pem("stranger"));
      port.reload();
      assertEquals(isReloaded, port.tls() != first);
    }
  }

  /** A handshake that is begun, one that goes on for ever, and one behind which nothing comes. */
  @Test
  void cutsOffHandshakesThatTakeTooLong() throws Exception {
    use("server");
    ServerTls tls = ServerTls.of(Pem.of(cert()), Pem.of(key()), null);
    Listen listen = new Listen("127.0.0.1", 0, tls, null);
    OtlpReceiverConfig config =
        new OtlpReceiverConfig(Station.grpc(listen, 1 << 20), null, 16 << 20, 100, 100);
    Patience hasty =
        new Patience(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Station.STOPPED);
    byte[] hello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
    try (Station station = new Station(config, hasty, message -> Outcome.ACCEPTED)) {
      for (boolean drips : new boolean[] {false, true}) {
        try (RawHttp begun =
            new RawHttp(
                new Socket(InetAddress.getLoopbackAddress(), station.receiver.grpcPort()))) {
          begun.send(hello);
          while (drips && !begun.hears(50)) {
            begun.send(new byte[1]);
          }
          assertTrue(begun.isEnded());
        }
      }
      try (SSLSocket silent = socket(station.receiver.grpcPort(), "")) {
        silent.setSoTimeout(20_000);
        silent.startHandshake();
        assertEquals(-1, silent.getInputStream().read());
      }
    }
  }

  @Test
  void letsInClientsOfItsAuthorityAlone() throws Exception {
    try (Station station = station(new Pem(null, new String(pem("client"))), "1.2")) {
      int port = station.receiver.grpcPort();
      try (RawClient known = grpc(port, "server", "client");
          RawClient nobody = grpc(port, "server", "");
          RawClient stranger = grpc(port, "server", "stranger");
          RawHttp http = new RawHttp(socket(station.receiver.httpPort(), "client"))) {
        assertEquals(Status.Code.OK, known.export(GOOD).code());
        assertEquals(200, http.post(PROTOBUF, GOOD).answer().status());
        assertEquals(Status.Code.UNAVAILABLE, nobody.export(GOOD).code());
        assertEquals(Status.Code.UNAVAILABLE, stranger.export(GOOD).code());
      }
      try (RawHttp http = new RawHttp(socket(station.receiver.httpPort(), "stranger"))) {
        assertThrows(
            IOException.class, () -> http.post(PROTOBUF, GOOD).answer(), "no certificate of ours");
      }
      assertEquals(6, station.ledger.accepted());
      assertTrue(station.receiver.failedHandshakes() >= 3);
    }
  }

  @Test
  void saysWhyAHandshakeFailedAndWithWhom() throws Exception {
    String chosen = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    Pem ca = new Pem(null, new String(pem("client"), java.nio.charset.StandardCharsets.US_ASCII));
    try (LogLines lines = new LogLines();
        Station station = station(ca, "1.2", "1.2", List.of(chosen));
        Station modern = station(ca, "1.3")) {
      int port = station.receiver.grpcPort();
      String start = "port " + port + ": a client at 127.0.0.1 is cut off: ";
      String none = "no TLS agreed on: it sent no certificate, which client_ca_file asks for";
      shake(socket(port, ""));
      awaitLine(lines, start + none);
      shake(socket(modern.receiver.grpcPort(), ""));
      awaitLine(lines, start.replace(port + "", modern.receiver.grpcPort() + "") + none);
      SSLSocket fresh = socket(port, "client");
      fresh.setEnabledProtocols(new String[] {"TLSv1.3"});
      shake(fresh);
      awaitLine(lines, start + "no TLS agreed on: it speaks no version that this port takes");
      SSLSocket other = socket(port, "client");
      other.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
      shake(other);
      awaitLine(lines, start + "no TLS agreed on: it has no cipher suite that this port takes");
      shake(
          (SSLSocket)
              SSLContext.getDefault()
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), port));
      awaitLine(
          lines,
          start
              + "no TLS agreed on: it does not trust the certificate of this port (its alert:"
              + " certificate_unknown)");
      try (RawHttp plain = new RawHttp(port)) {
        assertEquals(400, plain.post(PROTOBUF, GOOD).answer().status());
      }
      awaitLine(lines, start + "it speaks plain text, and this is a port for TLS");
      assertEquals(6, lines.said.size(), lines.said.toString());
    }
  }

  /** With TLS 1.3 the server's word comes behind the client's end of the handshake. */
  private static void shake(SSLSocket client) throws IOException {
    try (client) {
      client.setSoTimeout(20_000);
      client.startHandshake();
      var _ = client.getInputStream().read();
    } catch (SSLException | java.net.SocketException e) {
      // As it should be: what the log says of it is looked at.
    }
  }

  /** The line comes from the event loop, soon after the client has been told. */
  private static void awaitLine(LogLines lines, String line) {
    for (long end = System.nanoTime() + 20_000_000_000L; System.nanoTime() - end < 0; ) {
      if (lines.said.contains(line)) {
        return;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("not said: " + line + " in " + lines.said);
  }

  @Test
  void usesNewCertificatesWithoutDroppingConnections() throws Exception {
    try (Station station = station(null, "1.2");
        RawHttp before = new RawHttp(socket(station.receiver.httpPort(), ""))) {
      assertEquals(200, before.post(PROTOBUF, GOOD).answer().status());
      use("renewed");
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!subject(station).equals("CN=renewed")) {
        assertTrue(System.nanoTime() < end, "the new certificate is not in use");
      }
      assertEquals(200, before.post(PROTOBUF, GOOD).answer().status());
      assertNotEquals("CN=localhost", subject(station));
    }
  }

  @Test
  void keepsTheOldCertificatesWhileNewOnesCannotBeUsed() throws Exception {
    use("server");
    ServerTls tls = ServerTls.of(Pem.of(cert()), Pem.of(key()), null);
    Port port = new Port(Port.Home.GRPC, new Listen("127.0.0.1", 0, tls, null));
    port.load();
    Object first = port.tls();
    port.reload();
    assertSame(first, port.tls(), "nothing has changed");
    Files.write(cert(), new byte[] {1, 2, 3});
    port.reload();
    Files.delete(cert());
    port.reload();
    Files.write(cert(), pem("renewed")); // and the key of another
    port.reload();
    assertSame(first, port.tls());
    use("renewed");
    port.reload();
    assertNotSame(first, port.tls());
  }

  private static String subject(Station station) throws Exception {
    try (SSLSocket socket = socket(station.receiver.httpPort(), "")) {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  @Test
  void doesNotStartWithoutUsableFiles() throws Exception {
    Listen bad =
        new Listen(
            "127.0.0.1", 0, ServerTls.of(new Pem(null, "no"), new Pem(null, "no"), null), null);
    Listen none =
        new Listen("127.0.0.1", 0, ServerTls.of(Pem.of(cert()), Pem.of(key()), null), null);
    for (Listen listen : List.of(bad, none)) {
      OtlpReceiverConfig config =
          new OtlpReceiverConfig(Station.grpc(listen, 1 << 20), null, 16 << 20, 100, 100);
      IOException e =
          assertThrows(
              IOException.class,
              () -> new Station(config, Station.PATIENCE, message -> Outcome.ACCEPTED));
      assertTrue(e.getMessage().startsWith("cannot listen on 127.0.0.1:0: "), e.getMessage());
    }
  }
}
