package dev.tollspan.spans;

import static dev.tollspan.spans.Requests.assertRefused;
import static dev.tollspan.spans.Requests.isCanonical;
import static dev.tollspan.spans.Requests.take;
import static dev.tollspan.spans.WireWriter.request;
import static dev.tollspan.spans.WireWriter.span;
import static dev.tollspan.spans.WireWriter.wire;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values nested deeper than 32 are cut there; past 100 messages their span is rejected. */
class DeepValuesTest {
  private static final int ARRAY = 5;
  private static final int KVLIST = 6;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 31, 32})
  void keepsWhatIsNotTooDeep(int depth) {
    for (int type : new int[] {ARRAY, KVLIST}) {
      byte[] request = request(span(1).raw(attribute(9, type, depth)), span(2));
      assertEquals(true, isCanonical(request));
      assertEquals(Requests.meaning(request), take(request).message());
      assertEquals(depth, depth(first(take(request)).getAttributes(0).getValue()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {33, 34, 35, 48})
  void cutsWhatIsTooDeepForTheReceiversDownstream(int depth) {
    byte[] request = request(span(1).raw(attribute(9, ARRAY, depth)), span(2));
    assertEquals(32, depth(first(take(request)).getAttributes(0).getValue()));
    assertEquals(1, take(request).odd());
    byte[] lists = request(span(1).raw(attribute(9, KVLIST, 33)), span(2));
    assertEquals(32, depth(first(take(lists)).getAttributes(0).getValue()));
    byte[] event = request(span(1).bytes(11, attribute(3, ARRAY, depth)), span(2));
    assertEquals(32, depth(first(take(event)).getEvents(0).getAttributes(0).getValue()));
    byte[] link = request(span(1).message(13, span(2).raw(attribute(4, ARRAY, depth))), span(2));
    assertEquals(32, depth(first(take(link)).getLinks(0).getAttributes(0).getValue()));
    byte[] both =
        request(span(1).raw(attribute(9, ARRAY, depth)), span(2).raw(attribute(9, ARRAY, depth)));
    assertEquals(2, take(both).odd());
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 100, 101, 10_000, 250_000})
  void rejectsASpanThatNoReceiverWouldTake(int depth) {
    for (int type : new int[] {ARRAY, KVLIST}) {
      byte[] deep = attribute(9, type, depth);
      byte[] request = request(span(1), span(2).raw(deep), span(3));
      assertTimeout(Duration.ofSeconds(1), () -> Requests.decode(request));
      Requests.Taken taken = take(request);
      assertEquals(1, taken.rejected());
      assertEquals(2, Rules.spans(taken.message()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {33, 40, 48})
  void cutsResourcesAndScopesToo(int depth) {
    assertEquals(32, depth(resource(depth)));
    assertEquals(32, depth(scope(depth)));
  }

  @Test
  void refusesRequestsWhoseResourceNoReceiverWouldTake() {
    for (int depth : new int[] {60, 101, 250_000}) {
      assertRefused(wire().message(1, wire().bytes(1, attribute(1, ARRAY, depth))).done());
    }
  }

  private static AnyValue resource(int depth) {
    byte[] request = wire().message(1, wire().bytes(1, attribute(1, ARRAY, depth))).done();
    return take(request).message().getResourceSpans(0).getResource().getAttributes(0).getValue();
  }

  private static AnyValue scope(int depth) {
    WireWriter scope = wire().bytes(1, attribute(3, ARRAY, depth)).message(2, span(1));
    byte[] request = wire().message(1, wire().message(2, scope)).done();
    return first(take(request), 0).getScope().getAttributes(0).getValue();
  }

  private static io.opentelemetry.proto.trace.v1.ScopeSpans first(Requests.Taken taken, int scope) {
    return taken.message().getResourceSpans(0).getScopeSpans(scope);
  }

  private static Span first(Requests.Taken taken) {
    return first(taken, 0).getSpans(0);
  }

  /** An attribute whose innermost value, a text, lies at this depth. Built from the inside out. */
  private static byte[] attribute(int field, int type, int depth) {
    Backwards out = new Backwards(depth * 20 + 64);
    out.put('x').close(0x0a); // the text
    for (int i = 1; i < depth; i++) {
      out.close(0x0a + (type == KVLIST ? 8 : 0)); // the element's value
      if (type == KVLIST) {
        out.put('k').put(1).put(0x0a).close(0x0a);
      }
      out.close(type << 3 | Wire.LENGTH);
    }
    return out.close(0x12).put('k').put(1).put(0x0a).close(field << 3 | Wire.LENGTH).done();
  }

  private static int depth(AnyValue value) {
    if (value.hasArrayValue()) {
      return value.getArrayValue().getValuesCount() == 0
          ? 1
          : 1 + depth(value.getArrayValue().getValues(0));
    }
    if (value.hasKvlistValue()) {
      return value.getKvlistValue().getValuesCount() == 0
          ? 1
          : 1 + depth(value.getKvlistValue().getValues(0).getValue());
    }
    return 1;
  }

  /** Writes from the last byte to the first, as a nested message's length is known only then. */
  private static final class Backwards {
    private final byte[] bytes;
    private int at;

    Backwards(int size) {
      bytes = new byte[size];
      at = size;
    }

    Backwards put(int b) {
      bytes[--at] = (byte) b;
      return this;
    }

    /** Puts tag and length in front of all that has been written. */
    Backwards close(int tag) {
      int length = bytes.length - at;
      at -= Wire.varintSize(length);
      Wire.putVarint(bytes, at, length);
      return put(tag);
    }

    byte[] done() {
      return Arrays.copyOfRange(bytes, at, bytes.length);
    }
  }
}
