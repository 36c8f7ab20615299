package dev.tollspan.spans;

import static dev.tollspan.spans.Requests.assertRefused;
import static dev.tollspan.spans.WireWriter.attribute;
import static dev.tollspan.spans.WireWriter.request;
import static dev.tollspan.spans.WireWriter.span;
import static dev.tollspan.spans.WireWriter.wire;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Lengths that lie and requests that are cut off are refused; nothing reads past an end. */
class BrokenFramingTest {
  @Test
  void cutOffAnywhereItIsRefusedOrMeansWhatTheGeneratedClassesSay() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 25; i++) {
      byte[] whole = new RandomTraces(random).traces().toByteArray();
      for (int length = 0; length < Math.min(whole.length, 1_000); length++) {
        byte[] part = Arrays.copyOf(whole, length);
        if (parses(part)) {
          assertInstanceOf(Decoded.Whole.class, Requests.decode(part));
          Soundness.check(part);
        } else {
          assertRefused(part);
        }
      }
    }
  }

  @Test
  void aSpanCutOffInsideOfWholeMessagesIsRefused() {
    byte[] span =
        span(1)
            .message(9, attribute("k", "v"))
            .message(11, wire().fixed64(1, 5).text(2, "e").message(3, attribute("k", "v")))
            .message(13, span(2).message(4, attribute("k", "v")).fixed32(6, 1))
            .message(15, wire().text(2, "m").varint(3, 1))
            .fixed32(16, 1)
            .done();
    for (int length = 0; length < span.length; length++) {
      byte[] request = request(span(3), wire().raw(Arrays.copyOf(span, length)), span(4));
      if (parses(request)) {
        Soundness.check(request);
      } else {
        assertRefused(request);
      }
    }
  }

  @Test
  void lengthsThatLieAreRefused() {
    for (long lie :
        new long[] {
          2,
          127,
          128,
          1L << 20,
          (1L << 31) - 1,
          1L << 31,
          (1L << 32) - 1,
          1L << 32,
          (1L << 32) + 1,
          (1L << 35) + 1,
          1L << 62,
          Long.MAX_VALUE,
          -1,
          -2,
          Long.MIN_VALUE
        }) {
      byte[] claim = wire().number(lie).raw('x').done();
      for (int field : new int[] {1, 2, 3, 99}) {
        WireWriter lying = wire().tag(field, Wire.LENGTH).raw(claim);
        assertRefused(lying.done());
        assertRefused(wire().message(1, lying).done());
        assertRefused(wire().message(1, wire().message(2, lying)).done());
        assertRefused(wire().message(1, wire().message(1, lying)).done());
      }
      for (int field = 1; field <= 17; field++) {
        assertRefused(request(span(1), span(2).tag(field, Wire.LENGTH).raw(claim), span(3)));
      }
      for (int field = 1; field <= 9; field++) {
        WireWriter value = wire().tag(field, Wire.LENGTH).raw(claim);
        assertRefused(request(span(1).message(9, wire().text(1, "k").message(2, value))));
        assertRefused(request(span(1).message(9, value)));
        assertRefused(request(span(1).message(11, value)));
        assertRefused(request(span(1).message(13, value)));
        assertRefused(request(span(1).message(15, value)));
      }
    }
  }

  @Test
  void varintsWithoutAnEndAreRefused() {
    byte[] endless = new byte[11];
    Arrays.fill(endless, (byte) 0x80);
    for (byte[] bytes : List.of(endless, Arrays.copyOf(endless, 10), Arrays.copyOf(endless, 3))) {
      assertRefused(bytes);
      assertRefused(wire().raw(0x0a).raw(bytes).done());
      assertRefused(wire().raw(0x10).raw(bytes).done());
      assertRefused(request(span(1).raw(bytes)));
      assertRefused(request(span(1).raw(0x30).raw(bytes)));
      assertRefused(request(span(1).raw(0x2a).raw(bytes)));
      WireWriter value = wire().raw(0x18).raw(bytes);
      assertRefused(request(span(1).message(9, wire().text(1, "k").message(2, value))));
    }
  }

  @Test
  void tagsThatCannotBeAreRefused() {
    for (int tag : new int[] {0, 1, 2, 5, 0x0e, 0x0f, 0x16, 0x17}) {
      assertRefused(wire().raw(tag, 0, 0, 0, 0, 0, 0, 0, 0).done());
      assertRefused(request(span(1).raw(tag, 0, 0, 0, 0, 0, 0, 0, 0)));
      assertRefused(request(span(1).message(9, wire().raw(tag, 0, 0, 0, 0, 0, 0, 0, 0))));
    }
    assertRefused(wire().number(1L << 32 | 0x0a).raw(0).done());
    assertRefused(request(span(1).number(1L << 32 | 0x0a).raw(0)));
  }

  /**
   * What is malformed for us is so for the generated classes, but for what we refuse on purpose.
   */
  @Test
  void refusesNothingThatTheGeneratedClassesRead() {
    SplittableRandom random = new SplittableRandom(11);
    RandomTraces traces = new RandomTraces(random);
    for (int i = 0; i < 2_000; i++) {
      byte[] request = traces.traces().toByteArray();
      if (request.length > 0 && request.length < 3_000) {
        request[random.nextInt(request.length)] ^= (byte) (1 << random.nextInt(8));
        if (Requests.decode(request) instanceof Decoded.Malformed && parses(request)) {
          fail(HexFormat.of().formatHex(request));
        }
      }
    }
  }

  @Test
  void editsOutOfOrderAreAnError() {
    SpanBatch batch = Batches.batch(new BatchPool(0), Requests.KEYS, request(span(1)));
    BatchEditor editor = BatchEditor.of(batch);
    editor.delete(10, 12);
    assertThrows(IllegalStateException.class, () -> editor.delete(9, 11));
  }

  private static boolean parses(byte[] request) {
    try {
      TracesData.parseFrom(request);
      return true;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }
}
