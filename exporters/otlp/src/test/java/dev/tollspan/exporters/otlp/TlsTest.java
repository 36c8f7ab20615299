package dev.tollspan.exporters.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Outcome;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  @TempDir static Path dir;

  @BeforeAll
  static void makeCertificates() throws Exception {
    makeCertificate("server");
    makeCertificate("client");
  }

  @Test
  void trustsTheGivenAuthority() throws IOException {
    try (Destination destination =
            new Destination(
                0, TlsServerCredentials.create(file("server.crt"), file("server.key")));
        OtlpExporter exporter = exporter(destination, trusting("server.crt", null))) {
      assertEquals(Outcome.ACCEPTED, exporter.export(List.of(Given.batch(1, 2))));
      assertEquals(2, destination.spanIds().size());
    }
  }

  @Test
  void sendsNothingToAServerThatItDoesNotTrust() throws IOException {
    try (Destination destination =
            new Destination(
                0, TlsServerCredentials.create(file("server.crt"), file("server.key")));
        OtlpExporter exporter = exporter(destination, trusting("client.crt", null))) {
      assertInstanceOf(Outcome.RetryLater.class, exporter.export(List.of(Given.batch(1, 2))));
      assertEquals(0, destination.requests.size());
    }
  }

  @Test
  void showsItsOwnCertificate() throws IOException {
    ServerCredentials mutual =
        TlsServerCredentials.newBuilder()
            .keyManager(file("server.crt"), file("server.key"))
            .trustManager(file("client.crt"))
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
    try (Destination destination = new Destination(0, mutual);
        OtlpExporter known = exporter(destination, trusting("server.crt", "client"));
        OtlpExporter unknown = exporter(destination, trusting("server.crt", null))) {
      assertEquals(Outcome.ACCEPTED, known.export(List.of(Given.batch(1, 2))));
      assertInstanceOf(Outcome.RetryLater.class, unknown.export(List.of(Given.batch(3, 4))));
      assertEquals(2, destination.spanIds().size());
    }
  }

  private static Tls trusting(String authority, @Nullable String own) {
    return new Tls(
        true, // the scheme beats it
        false,
        dir.resolve(authority),
        own == null ? null : dir.resolve(own + ".crt"),
        own == null ? null : dir.resolve(own + ".key"),
        null,
        Tls.Version.TLS_1_2,
        Duration.ZERO);
  }

  private static OtlpExporter exporter(Destination destination, Tls tls) {
    return Given.exporter(
        Given.with(
            OtlpConfig.defaults(
                Protocol.GRPC, OtlpConfig.grpcEndpoint("https://127.0.0.1:" + destination.port())),
            tls));
  }

  private static java.io.File file(String name) {
    return dir.resolve(name).toFile();
  }

  /** Made for this run, so that no key lies in the repository. */
  private static void makeCertificate(String name)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = dir.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                "not-secret",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve(name + ".log").toFile())
            .start();
    assertTrue(keytool.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, keytool.exitValue());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "not-secret".toCharArray());
    }
    write(name + ".crt", "CERTIFICATE", keys.getCertificate(name).getEncoded());
    write(name + ".key", "PRIVATE KEY", keys.getKey(name, "not-secret".toCharArray()).getEncoded());
  }

  private static void write(String name, String type, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        dir.resolve(name),
        "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }
}
