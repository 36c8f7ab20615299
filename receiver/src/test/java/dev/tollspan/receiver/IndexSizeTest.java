package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IndexSizeTest {
  private static final int EMPTY = 24 << 10;

  private static long of(byte[] request) {
    return IndexSize.bytesMax(request, request.length);
  }

  @Test
  void countsEveryRowOfALargeRequest() {
    Span.Builder span =
        Requests.span(1)
            .addAttributes(Requests.attribute("a", "b".repeat(IndexSize.UNSEEN_BYTES_MAX)))
            .addAttributes(Requests.attribute("c", "d"))
            .addEvents(Span.Event.newBuilder().addAttributes(Requests.attribute("e", "f")))
            .addLinks(Span.Link.newBuilder().addAttributes(Requests.attribute("g", "h")))
            .setStatus(io.opentelemetry.proto.trace.v1.Status.newBuilder().setMessage("m"));
    TracesData.Builder message = Requests.message(java.util.List.of(span.build())).toBuilder();
    message
        .getResourceSpansBuilder(0)
        .getResourceBuilder()
        .addAttributes(Requests.attribute("i", "j"));
    message
        .getResourceSpansBuilder(0)
        .getScopeSpansBuilder(0)
        .getScopeBuilder()
        .addAttributes(Requests.attribute("k", "l"));
    int rows = 52 + 68 + 112 + 32 + 36 + 6 * 16;
    assertEquals(EMPTY + 3 * rows, of(message.build().toByteArray()));
  }

  @Test
  void chargesEmptyMessagesForTheirRows() {
    byte[] scopes = new byte[1 << 20];
    for (int i = 0; i < scopes.length; i += 2) {
      scopes[i] = 0x12;
    }
    byte[] head = {0x0a, (byte) 0x80, (byte) 0x80, 0x40}; // 1 MiB
    assertEquals(EMPTY + 3 * (52 + (scopes.length / 2) * 68L), of(Requests.join(head, scopes)));
  }

  @Test
  void endsWhateverTheBytesAre() {
    Random random = new Random(7);
    byte[] good = Requests.message(10_000).toByteArray();
    assertTrue(good.length > IndexSize.UNSEEN_BYTES_MAX);
    for (int i = 0; i < 50; i++) {
      byte[] bad = i % 2 == 0 ? good.clone() : new byte[300 << 10];
      if (i % 2 == 0) {
        bad[random.nextInt(2000)] = (byte) random.nextInt();
      } else {
        random.nextBytes(bad);
      }
      assertTrue(of(bad) >= EMPTY);
    }
    byte[] endless = new byte[300 << 10];
    Arrays.fill(endless, (byte) 0xff);
    assertEquals(EMPTY, of(endless));
  }
}
