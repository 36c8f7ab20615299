package dev.tollspan.exporters.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.CleanBatch;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("E13")
class TlsTest {
  private static final String LOOPBACK = "ip:127.0.0.1";

  @TempDir static Path dir;
  private static Certificates files;

  @BeforeAll
  static void makeCertificates() throws Exception {
    files =
        new Certificates(dir)
            .make("server", LOOPBACK)
            .make("client", LOOPBACK)
            .make("named", "dns:tempo.example");
  }

  @ParameterizedTest
  @EnumSource
  void trustsTheGivenAuthority(Protocol protocol) throws Exception {
    try (Server server = new Server(protocol, "server", null);
        OtlpExporter exporter = exporter(server, Tls.trusting(files.crt("server")))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(batches(1)));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches(2)));
      assertEquals(2, server.spans());
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendsNothingToAServerThatItDoesNotTrust(Protocol protocol) throws Exception {
    try (Server server = new Server(protocol, "server", null);
        OtlpExporter other = exporter(server, Tls.trusting(files.crt("client")));
        OtlpExporter platform = exporter(server, Tls.platform())) {
      for (OtlpExporter exporter : List.of(other, platform)) {
        assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches(1)));
      }
      assertEquals(0, server.spans());
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendsNothingToAServerOfAnotherName(Protocol protocol) throws Exception {
    Tls tls = Tls.trusting(files.crt("named"));
    try (Server server = new Server(protocol, "named", null);
        OtlpExporter exporter = exporter(server, tls);
        OtlpExporter overridden = exporter(server, named(tls, "tempo.example"));
        OtlpExporter wrong = exporter(server, named(tls, "loki.example"))) {
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches(1)));
      assertInstanceOf(Outcome.RetryLater.class, wrong.export(batches(2)));
      assertEquals(0, server.spans());
      assertEquals(Outcome.ACCEPTED, overridden.export(batches(3)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void trustsAnybodyIfItIsToldTo(Protocol protocol) throws Exception {
    Tls tls = new Tls(false, true, null, null, null, null, Tls.Version.TLS_1_2, Duration.ZERO);
    try (Server server = new Server(protocol, "named", null);
        OtlpExporter exporter = exporter(server, tls)) {
      assertEquals(Outcome.ACCEPTED, exporter.export(batches(1)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void showsItsOwnCertificate(Protocol protocol) throws Exception {
    try (Server server = new Server(protocol, "server", "client");
        OtlpExporter known = exporter(server, own("client", Duration.ZERO));
        OtlpExporter unknown = exporter(server, own("named", Duration.ZERO));
        OtlpExporter nobody = exporter(server, Tls.trusting(files.crt("server")))) {
      assertEquals(Outcome.ACCEPTED, known.export(batches(1)));
      assertInstanceOf(Outcome.RetryLater.class, unknown.export(batches(2)));
      assertInstanceOf(Outcome.RetryLater.class, nobody.export(batches(3)));
      assertEquals(1, server.spans());
    }
  }

  @Test
  void speaksNoOlderVersionThanItIsTold() throws Exception {
    SSLServerSocket old = files.listen("server", null);
    old.setEnabledProtocols(new String[] {"TLSv1.2"});
    Tls newest =
        new Tls(
            false,
            false,
            files.crt("server"),
            null,
            null,
            null,
            Tls.Version.TLS_1_3,
            Duration.ZERO);
    try (HttpDestination destination = new HttpDestination(old);
        OtlpExporter refusing = exporter(destination.port(), newest);
        OtlpExporter taking = exporter(destination.port(), Tls.trusting(files.crt("server")))) {
      assertEquals(
          new Outcome.RetryLater(Duration.ZERO, "TLS could not be agreed on"),
          refusing.export(batches(1)));
      assertEquals(Outcome.ACCEPTED, taking.export(batches(2)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsItsFilesAgainWithoutARestart(Protocol protocol) throws Exception {
    Instant start = Instant.parse("2026-11-21T00:00:00Z");
    AtomicReference<Instant> now = new AtomicReference<>(start);
    put("named", "changing", 0);
    try (Server server = new Server(protocol, "server", "client");
        OtlpExporter exporter =
            new OtlpExporter(
                config(protocol, server.port(), own("changing", Duration.ofSeconds(10))),
                now::get)) {
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches(1)));
      put("client", "changing", 1);
      now.set(start.plusSeconds(9));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches(2)));
      now.set(start.plusSeconds(10));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches(3)));
      put("named", "changing", 2);
      now.set(start.plusSeconds(20));
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(batches(4)));
      put("client", "changing", 3);
      now.set(start.plusSeconds(30));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches(5)));
      Files.writeString(files.key("changing"), "no key");
      Files.setLastModifiedTime(files.key("changing"), FileTime.from(start.plusSeconds(99)));
      now.set(start.plusSeconds(40));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches(6)), "the old ones stay");
      Files.delete(files.key("changing"));
      now.set(start.plusSeconds(50));
      assertEquals(Outcome.ACCEPTED, exporter.export(batches(7)), "the old ones stay");
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysThatAFileCannotBeUsed(Protocol protocol) throws IOException {
    Path text = Files.writeString(dir.resolve("text"), "no certificate");
    for (Path file : List.of(text, dir.resolve("none.pem"))) {
      IllegalArgumentException error =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  new OtlpExporter(config(protocol, 1, Tls.trusting(file)), Instant::now).close());
      assertTrue(error.getMessage().contains("tls"), error.getMessage());
    }
  }

  /** A server of either protocol. */
  private static final class Server implements AutoCloseable {
    private final Protocol protocol;
    private final @Nullable Destination grpc;
    private final @Nullable HttpDestination http;

    Server(Protocol protocol, String name, @Nullable String client)
        throws IOException, GeneralSecurityException {
      this.protocol = protocol;
      if (protocol == Protocol.HTTP) {
        http = new HttpDestination(files.listen(name, client));
        grpc = null;
        return;
      }
      TlsServerCredentials.Builder credentials =
          TlsServerCredentials.newBuilder()
              .keyManager(files.crt(name).toFile(), files.key(name).toFile());
      if (client != null) {
        credentials
            .trustManager(files.crt(client).toFile())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
      }
      grpc = new Destination(0, credentials.build());
      http = null;
    }

    int port() {
      return grpc == null ? http.port() : grpc.port();
    }

    int spans() {
      return (grpc == null ? http.spanIds() : grpc.spanIds()).size();
    }

    @Override
    public void close() {
      if (grpc == null) {
        http.close();
      } else {
        grpc.close();
      }
    }
  }

  private static void put(String from, String to, int seconds) throws IOException {
    FileTime time = FileTime.from(Instant.parse("2026-11-21T00:00:00Z").plusSeconds(seconds));
    for (boolean key : new boolean[] {true, false}) {
      Path source = key ? files.key(from) : files.crt(from);
      Path target = key ? files.key(to) : files.crt(to);
      Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
      Files.setLastModifiedTime(target, time);
    }
  }

  private static Tls own(String name, Duration reload) {
    return new Tls(
        false,
        false,
        files.crt("server"),
        files.crt(name),
        files.key(name),
        null,
        Tls.Version.TLS_1_2,
        reload);
  }

  private static Tls named(Tls tls, String serverName) {
    return new Tls(
        false, false, tls.caFile(), null, null, serverName, tls.minVersion(), Duration.ZERO);
  }

  private static List<CleanBatch> batches(int id) {
    return List.of(Given.batch(id, 1));
  }

  private static OtlpExporter exporter(Server server, Tls tls) {
    return Given.exporter(config(server.protocol, server.port(), tls));
  }

  private static OtlpExporter exporter(int port, Tls tls) {
    return Given.exporter(config(Protocol.HTTP, port, tls));
  }

  private static OtlpConfig config(Protocol protocol, int port, Tls tls) {
    return Given.with(OtlpConfig.defaults(protocol, URI.create("https://127.0.0.1:" + port)), tls);
  }
}
