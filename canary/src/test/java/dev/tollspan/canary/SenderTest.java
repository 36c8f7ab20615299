package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.canary.Sender.Answer;
import dev.tollspan.canary.Sender.Request;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
  void eachWayAroundHoldsItsMark() {
    var all = Around.all("a.Service/Export", 1 << 20, 3);
    Search search = Search.forMarks(all.stream().map(Around::mark).toList());
    for (Around around : all) {
      Request request = around.request();
      String words = request.method() + request.headers();
      var found = search.find(words);
      found.addAll(search.find(request.body()));
      assertTrue(found.contains(around.mark().word()), around.mark().place());
      assertEquals(1, found.size());
    }
  }
}
