package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.canary.Sender.Answer;
import dev.tollspan.canary.Sender.Request;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scenario: both ends on a real socket. Guarantee: nothing that is said between them is lost. */
class SenderTest {
  private static final byte[] BODY = Matrix.of(1, 1).getFirst().request();

  @Test
  void theTargetKeepsWhatItIsSent() throws Exception {
    try (Target target = Target.open();
        Sender sender = new GrpcSender(target.port())) {
      String method = sender.exportMethod();
      assertTrue(sender.send(new Request(method, "", Map.of("x-note", "hello"), BODY)).ok());
      assertTrue(sender.send(new Request(method, "gzip", Map.of(), Around.gzip(BODY))).ok());
      assertEquals(2, target.requests().size());
      assertArrayEquals(BODY, target.requests().getFirst());
      assertArrayEquals(BODY, target.requests().getLast());
      assertTrue(target.headers().contains("x-note=hello"), target.headers());
    }
  }

  @Test
  void anAnswerIsKeptWithAllItsWords() throws Exception {
    try (Target target = Target.open();
        Sender sender = new GrpcSender(target.port())) {
      byte[] text = "hello".getBytes(UTF_8);
      Answer answer = sender.send(new Request("some.Service/Method", "", Map.of(), text));
      assertFalse(answer.ok());
      assertTrue(answer.text().contains("UNIMPLEMENTED"), answer.text());
      assertTrue(answer.text().contains("content-type\napplication/grpc"), answer.text());
    }
  }

  @Test
  void overHttpBothSidesAreKeptAsTheyAre() throws Exception {
    List<String> sent = new ArrayList<>();
    String answer = "HTTP/1.1 200 OK\r\nx-note: yes\r\ncontent-length: 2\r\n\r\n{}";
    String last = answer.replace("yes", "no\r\nconnection: close").replace("200", "400");
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        HttpSender sender = new HttpSender(server.getLocalPort(), "/here", Transport.HTTP_JSON)) {
      CompletableFuture<Void> serving =
          CompletableFuture.runAsync(() -> serve(server, sent, List.of(answer, last, answer)));
      Request request = new Request("/here?a", "gzip", Map.of("x y", "\u00ff"), BODY);
      assertEquals(new Answer(true, 0, answer), sender.send(request));
      assertEquals(new Answer(false, 0, last), sender.send(request));
      assertEquals(new Answer(true, 0, answer), sender.send(request));
      serving.get(20, TimeUnit.SECONDS);
    }
    String head =
        "POST /here?a HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            + "content-encoding: gzip\r\nx y: \u00ff\r\ncontent-length: "
            + BODY.length
            + "\r\n\r\n";
    assertEquals(Collections.nCopies(3, head + new String(BODY, ISO_8859_1)), sent);
  }

  /** Two requests on the first connection, and one on the second. */
  private static void serve(ServerSocket server, List<String> sent, List<String> answers) {
    int next = 0;
    for (int requests : new int[] {2, 1}) {
      try (Socket socket = server.accept()) {
        socket.setSoTimeout(20_000);
        for (int i = 0; i < requests; i++) {
          StringBuilder read = new StringBuilder();
          while (read.indexOf("\r\n\r\n") < 0) {
            read.append((char) socket.getInputStream().read());
          }
          byte[] body = socket.getInputStream().readNBytes(BODY.length);
          sent.add(read + new String(body, ISO_8859_1));
          socket.getOutputStream().write(answers.get(next++).getBytes(ISO_8859_1));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void countsWhatAnAnswerSaysInEitherEncoding() {
    byte[] json = "{\"partialSuccess\":{\"rejectedSpans\":\"12\"}}".getBytes(UTF_8);
    assertEquals(12, Transport.HTTP_JSON.rejectedSpans(json));
    assertEquals(0, Transport.HTTP_JSON.rejectedSpans("{}".getBytes(UTF_8)));
    assertEquals(-1, Transport.HTTP_JSON.rejectedSpans("no".getBytes(UTF_8)));
    byte[] protobuf =
        ExportTraceServiceResponse.newBuilder()
            .setPartialSuccess(ExportTracePartialSuccess.newBuilder().setRejectedSpans(7))
            .build()
            .toByteArray();
    assertEquals(7, Transport.HTTP_PROTOBUF.rejectedSpans(protobuf));
    assertEquals(-1, Transport.GRPC.rejectedSpans(json));
  }

  @ParameterizedTest
  @EnumSource
  void eachWayAroundHoldsItsMark(Transport transport) {
    String method = transport == Transport.GRPC ? "a.Service/Export" : "/v1/traces";
    List<Around> all = Around.all(transport, method, 1 << 20, 3);
    Search search = Search.forMarks(all.stream().map(Around::mark).toList());
    for (Around around : all) {
      Request request = around.request();
      String words = request.method() + request.headers();
      Set<String> found = search.find(words);
      found.addAll(search.find(request.body()));
      assertEquals(Set.of(around.mark().word()), found, around.mark().place());
    }
    assertEquals(3, all.stream().filter(Around::forLogin).count());
  }
}
