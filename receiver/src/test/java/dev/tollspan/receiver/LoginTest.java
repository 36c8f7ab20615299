package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.Code;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import io.grpc.CallOptions;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may send: nobody whose credentials are missing or wrong, whatever is asked for. */
@Timeout(60)
class LoginTest {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final byte[] GOOD = Requests.message(3).toByteArray();
  private static final String TOKEN = "s3cret-" + Requests.CANARY;
  private static final List<String> WRONG =
      List.of(
          "",
          "Bearer",
          "Bearer ",
          "Bearer x",
          "Bearer" + TOKEN,
          "Bearer  " + TOKEN,
          "Bearer " + TOKEN + "x",
          "Bearer " + TOKEN.substring(1),
          "Basic " + TOKEN,
          TOKEN);

  @TempDir private Path directory;

  private static Station station(Login login) throws IOException {
    Listen listen = new Listen("127.0.0.1", 0, null, login);
    OtlpReceiverConfig config =
        new OtlpReceiverConfig(
            Station.grpc(listen, 1 << 20), Station.http(listen, 1 << 20), 16 << 20, 100, 100);
    return new Station(config, Station.PATIENCE, message -> Outcome.ACCEPTED);
  }

  private static Status.Code grpc(int port, String method, String... authorization) {
    Metadata headers = new Metadata();
    for (String each : authorization) {
      if (!each.isEmpty()) {
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), each);
      }
    }
    try (RawClient client = new RawClient(port, InsecureChannelCredentials.create(), headers)) {
      return RawClient.await(client.send(method, CallOptions.DEFAULT, GOOD)).code();
    }
  }

  private static String field(String authorization) {
    return authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n";
  }

  @Test
  @Tag("A21")
  @Tag("A25")
  void deniesEveryMethodOfGrpcOnBothPorts() throws Exception {
    try (Station station = station(Login.bearer("other\n" + TOKEN))) {
      for (int port : new int[] {station.receiver.grpcPort(), station.receiver.httpPort()}) {
        for (String method : List.of(RawClient.TRACES, "grpc.health.v1.Health/Check", "a/b")) {
          for (String wrong : port == station.receiver.grpcPort() ? WRONG : List.of("", "x")) {
            assertEquals(Status.Code.UNAUTHENTICATED, grpc(port, method, wrong), wrong);
          }
        }
        assertEquals(Status.Code.OK, grpc(port, RawClient.TRACES, "Bearer " + TOKEN));
        assertEquals(Status.Code.OK, grpc(port, RawClient.TRACES, "bearer other"));
        Status.Code two = grpc(port, RawClient.TRACES, "Bearer x", "Bearer " + TOKEN);
        assertEquals(Status.Code.UNAUTHENTICATED, two);
      }
      assertEquals(12, station.ledger.accepted());
      assertEquals(4, station.taken.size());
    }
  }

  @Test
  @Tag("B10")
  void deniesEveryRouteOfHttpOnBothPorts() throws Exception {
    try (Station station = station(Login.bearer(TOKEN))) {
      for (int port : new int[] {station.receiver.grpcPort(), station.receiver.httpPort()}) {
        try (RawHttp http = new RawHttp(port)) {
          for (String wrong : WRONG) {
            RawHttp.Answer answer = http.post(PROTOBUF, GOOD, field(wrong)).answer();
            assertEquals(401, answer.status(), wrong);
            assertEquals("Bearer", answer.field("WWW-Authenticate"));
            com.google.rpc.Status status = com.google.rpc.Status.parseFrom(answer.body());
            assertEquals(Code.UNAUTHENTICATED_VALUE, status.getCode());
            assertFalse(answer.text().contains(Requests.CANARY));
          }
          for (String line : List.of("GET /", "POST /v1/logs", "OPTIONS /v1/traces", "PUT /x")) {
            http.send(line + " HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
            assertEquals(401, http.answer().status(), line);
          }
          String right = field("Bearer " + TOKEN);
          assertEquals(200, http.post(PROTOBUF, GOOD, right).answer().status());
          assertEquals(200, http.post(PROTOBUF, GOOD, field("BEARER " + TOKEN)).answer().status());
        }
        try (RawHttp twice = new RawHttp(port)) {
          String both = field("Bearer " + TOKEN) + field("Bearer x");
          assertEquals(400, twice.post(PROTOBUF, GOOD, both).answer().status());
        }
      }
      assertEquals(12, station.ledger.accepted());
      assertEquals(2 * (WRONG.size() + 5), station.ledger.refusedRequests());
    }
  }

  @Test
  void knowsUsersAndPasswords() throws Exception {
    try (Station station = station(Login.basic("# who\n\nann:p:w\nbob:\u00fcber\n"));
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      for (String user : List.of("ann:p:w", "bob:\u00fcber")) {
        String encoded = Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
        assertEquals(200, http.post(PROTOBUF, GOOD, field("Basic " + encoded)).answer().status());
        assertEquals(
            Status.Code.OK,
            grpc(station.receiver.grpcPort(), RawClient.TRACES, "Basic " + encoded));
      }
      for (String user : List.of("ann:pw", "ann:", "bob:p:w", "eve:x")) {
        String encoded = Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
        RawHttp.Answer answer = http.post(PROTOBUF, GOOD, field("Basic " + encoded)).answer();
        assertEquals(401, answer.status());
        assertEquals("Basic realm=\"tollspan\"", answer.field("WWW-Authenticate"));
      }
    }
  }

  @Test
  void readsNewCredentialsAndKeepsTheOldOnesIfTheyCannotBe() throws Exception {
    Path file = directory.resolve("tokens");
    Files.writeString(file, "first\n");
    Login login = new Login(Login.Kind.BEARER, "X-Key", "", file, "");
    Port port = new Port(Port.Home.HTTP, new Listen("127.0.0.1", 0, null, login));
    port.load();
    assertTrue(admits(port, "first"));
    assertFalse(admits(port, "second"));
    for (String broken : List.of("", "two words\n", "# nothing\n")) {
      Files.writeString(file, broken);
      port.reload();
      assertTrue(admits(port, "first"), broken);
    }
    Files.delete(file);
    port.reload();
    assertTrue(admits(port, "first"));
    Files.writeString(file, "second\nthird\n");
    port.reload();
    assertFalse(admits(port, "first"));
    assertTrue(admits(port, "second"));
    assertTrue(admits(port, "third"));
    assertEquals("x-key", port.loginField());
  }

  private static boolean admits(Port port, String token) {
    byte[] bytes = token.getBytes(UTF_8);
    return port.guard().admits(bytes, 0, bytes.length);
  }

  @Test
  void refusesWhatCannotBeACredentialAndShowsNone() {
    for (Login login :
        List.of(
            Login.basic("ann"),
            Login.basic("ann:"),
            Login.basic(":pw"),
            Login.basic("ann:$2y$05$abc"),
            Login.basic("ann:{SHA}abc"),
            Login.bearer(""),
            Login.bearer("a b"))) {
      assertThrows(IllegalArgumentException.class, login::check);
    }
    assertFalse(Login.bearer(TOKEN).toString().contains(TOKEN));
    assertFalse(new Pem(null, TOKEN).toString().contains(TOKEN));
  }
}
