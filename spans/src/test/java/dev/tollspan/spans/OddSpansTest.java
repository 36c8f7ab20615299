package dev.tollspan.spans;

import static dev.tollspan.spans.Requests.assertRefused;
import static dev.tollspan.spans.Requests.take;
import static dev.tollspan.spans.Requests.takeOdd;
import static dev.tollspan.spans.WireWriter.attribute;
import static dev.tollspan.spans.WireWriter.id;
import static dev.tollspan.spans.WireWriter.request;
import static dev.tollspan.spans.WireWriter.span;
import static dev.tollspan.spans.WireWriter.wire;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Spans that no serialiser would write mean what the generated classes say, and hide nothing. */
class OddSpansTest {
  private static final WireWriter TEXT = wire().text(1, "v");

  @Test
  @Tag("D14")
  void lastOfTwoScalarsWins() {
    for (WireWriter twice :
        List.of(
            wire().text(3, "a").text(3, "b"),
            wire().text(5, "a").text(5, "b"),
            wire().varint(6, 1).varint(6, 2),
            wire().fixed64(7, 1).fixed64(7, 2),
            wire().fixed64(8, 1).fixed64(8, 2),
            wire().varint(10, 1).varint(10, 2),
            wire().varint(12, 1).varint(12, 2),
            wire().varint(14, 1).varint(14, 2),
            wire().fixed32(16, 1).fixed32(16, 2),
            wire().bytes(1, id(16, 9)),
            wire().bytes(2, id(8, 9)),
            wire().bytes(4, id(8, 8)).bytes(4, id(8, 9)),
            wire().message(15, wire().text(2, "a").text(2, "b")),
            wire().message(15, wire().varint(3, 1).varint(3, 2)),
            wire().message(11, wire().text(2, "a").text(2, "b")),
            wire().message(11, wire().fixed64(1, 1).fixed64(1, 2)),
            wire().message(13, span(1).text(3, "a").text(3, "b")),
            wire().message(13, span(1).bytes(1, id(16, 3))),
            wire().message(13, span(1).fixed32(6, 1).fixed32(6, 2)))) {
      takeOdd(request(span(1).raw(twice.done())));
    }
  }

  @Test
  @Tag("D14")
  void aMessageSentTwiceIsMerged() {
    byte[] statusTwice =
        request(
            span(1)
                .message(15, wire().text(2, "boom").varint(3, 1))
                .message(15, wire().varint(3, 2)));
    assertEquals("boom", only(takeOdd(statusTwice)).getStatus().getMessage());
    byte[] valueTwice =
        request(
            span(1)
                .message(
                    9,
                    wire()
                        .text(1, "k")
                        .message(2, list(5, wire().text(1, "a")))
                        .message(2, list(5, wire().text(1, "b")))));
    assertEquals(2, value(takeOdd(valueTwice)).getArrayValue().getValuesCount());
  }

  @Test
  void aValueWithTwoContentsKeepsTheLast() {
    takeOdd(request(span(1).message(9, pair(wire().text(1, "secret").varint(3, 5)))));
    takeOdd(request(span(1).message(9, pair(wire().varint(3, 5).text(1, "v")))));
    takeOdd(request(span(1).message(9, pair(wire().text(1, "secret").text(1, "v")))));
  }

  @Test
  void nothingHidesInANestedValue() {
    WireWriter twoValues = wire().text(1, "secret").varint(3, 5);
    WireWriter keyTwice = wire().text(1, "secret").text(1, "k").message(2, TEXT);
    WireWriter valueTwice = pair(wire().text(1, "secret")).message(2, wire().varint(3, 1));
    for (WireWriter value :
        List.of(
            list(5, twoValues),
            list(5, list(5, twoValues)),
            list(6, pair(twoValues)),
            list(6, keyTwice),
            list(6, valueTwice),
            list(6, wire().message(2, TEXT).text(1, "k")),
            list(5, wire().text(1, "secret").message(5, wire())),
            list(5, wire().text(1, "secret").raw(0x10, 1)))) {
      byte[] request = request(span(1).message(9, pair(value)));
      takeOdd(request);
      hidesNothing(request);
    }
    hidesNothing(request(span(1).message(11, wire().message(3, pair(list(5, twoValues))))));
    hidesNothing(resource(wire().message(1, pair(list(5, twoValues)))));
    hidesNothing(resource(wire().message(3, wire().text(1, "secret").text(1, ""))));
  }

  @Test
  void attributesBehindAnEntityRefAreSeen() {
    WireWriter entity = wire().text(2, "host");
    byte[] request =
        resource(wire().message(3, entity).message(1, attribute("k", "v")).varint(2, 1));
    assertFalse(Requests.isCanonical(request));
    TracesData message = take(request).message();
    assertEquals(Requests.meaning(request), message);
    assertEquals(1, message.getResourceSpans(0).getResource().getAttributesCount());
  }

  @Test
  void keyAndValueMayComeInAnyOrder() {
    takeOdd(request(span(1).message(9, wire().message(2, TEXT).text(1, "k"))));
    takeOdd(request(span(1).message(9, wire().text(1, "secret").text(1, "k").message(2, TEXT))));
    takeOdd(request(span(1).message(9, wire().text(1, "k").message(2, TEXT).text(1, "j"))));
  }

  @Test
  @Tag("D5")
  void lastOfTwoAttributesWithTheSameKeyWins() {
    Span span = only(takeOdd(request(twins("k"))));
    assertEquals(2, span.getAttributesCount());
    assertEquals("last", span.getAttributes(0).getValue().getStringValue());
    assertEquals(1, take(request(twins("k"))).repairs().count(Repair.KEY));
    for (String unknown : List.of("unknown", "")) {
      takeOdd(request(twins(unknown).varint(99, 1)));
    }
  }

  @Test
  void twoAttributesWithTheSameUnknownKeyAreBothSeen() {
    for (String unknown : List.of("unknown", "")) {
      byte[] request = request(twins(unknown));
      assertTrue(Requests.isCanonical(request));
      assertEquals(3, only(take(request).message()).getAttributesCount());
    }
  }

  private static WireWriter twins(String key) {
    return span(1)
        .message(9, attribute(key, "first"))
        .message(9, attribute("other", "v"))
        .message(9, attribute(key, "last"));
  }

  @Test
  @Tag("D14")
  void fieldsMayComeInAnyOrder() {
    WireWriter reversed =
        wire()
            .fixed32(16, 257)
            .message(15, wire().varint(3, 2).text(2, "boom"))
            .varint(14, 3)
            .message(13, wire().fixed32(6, 1).bytes(2, id(8, 2)).bytes(1, id(16, 2)))
            .varint(12, 2)
            .message(11, wire().varint(4, 1).message(3, attribute("k", "v")).text(2, "event"))
            .varint(10, 1)
            .message(9, attribute("k", "v"))
            .fixed64(8, 2)
            .fixed64(7, 1)
            .varint(6, 3)
            .text(5, "name")
            .bytes(4, id(8, 3))
            .text(3, "state")
            .bytes(2, id(8, 1))
            .bytes(1, id(16, 1));
    takeOdd(request(reversed));
    byte[] reversedScope =
        wire()
            .message(
                1,
                wire()
                    .text(3, "schema")
                    .message(2, wire().text(3, "s").message(2, span(1)).message(1, TEXT))
                    .message(1, wire().varint(2, 1).message(1, attribute("k", "v"))))
            .done();
    assertEquals(Requests.meaning(reversedScope), take(reversedScope).message());
  }

  @Test
  @Tag("D9")
  @Tag("D10")
  void unknownFieldsAreLeftOutAtEachLevel() {
    for (WireWriter unknown :
        List.of(
            wire().varint(99, 5),
            wire().fixed64(99, 5),
            wire().fixed32(99, 5),
            wire().text(99, "secret"),
            wire().text(536_870_911, "secret"))) {
      byte[] more = unknown.done();
      WireWriter entity = wire().text(2, "host").raw(more);
      WireWriter resource = wire().message(1, pair(TEXT).raw(more)).message(3, entity).raw(more);
      WireWriter value = wire().text(1, "v").raw(more);
      WireWriter list = list(5, value).raw(more);
      WireWriter one =
          span(1)
              .message(9, pair(value).raw(more))
              .message(9, wire().text(1, "list").message(2, list))
              .message(11, wire().text(2, "e").message(3, pair(list)).raw(more))
              .message(13, span(2).message(4, pair(value)).raw(more))
              .message(15, wire().varint(3, 1).raw(more))
              .raw(more);
      WireWriter lib = wire().text(1, "lib").message(3, pair(value)).raw(more);
      WireWriter scope = wire().message(1, lib).message(2, one).message(2, span(2)).raw(more);
      byte[] request =
          wire()
              .message(1, wire().message(1, resource).message(2, scope).raw(more))
              .raw(more)
              .done();
      takeOdd(request);
      hidesNothing(request);
    }
  }

  @Test
  @Tag("D4")
  void indexesIntoStringTablesCountAsEmpty() {
    takeOdd(request(span(1).message(9, wire().message(2, TEXT).varint(3, 7))));
    takeOdd(request(span(1).message(9, wire().text(1, "k").message(2, TEXT).varint(3, 7))));
    Span span = only(takeOdd(request(span(1).message(9, pair(wire().varint(8, 7))))));
    assertEquals(AnyValue.getDefaultInstance(), span.getAttributes(0).getValue());
    takeOdd(request(span(1).message(9, pair(list(5, wire().varint(8, 7))))));
    takeOdd(request(span(1).message(11, wire().message(3, pair(wire().varint(8, 7))))));
    byte[] both = request(span(1).message(9, pair(wire().varint(8, 7)).varint(3, 7)));
    assertEquals(2, take(both).repairs().count(Repair.STRING_INDEX));
  }

  @Test
  void aKnownFieldOfAnotherWireTypeIsUnknown() {
    for (WireWriter other :
        List.of(
            wire().varint(1, 1),
            wire().fixed64(5, 1),
            wire().text(6, "kind"),
            wire().varint(7, 1),
            wire().fixed32(8, 1),
            wire().fixed64(9, 1),
            wire().text(10, "dropped"),
            wire().varint(11, 1),
            wire().fixed32(13, 1),
            wire().varint(15, 1),
            wire().fixed64(16, 1),
            wire().message(15, wire().text(3, "x").varint(2, 1)),
            wire().message(11, wire().text(1, "x").varint(2, 1).varint(3, 1)),
            wire().message(13, span(2).varint(3, 1).varint(6, 1)),
            wire().message(9, wire().varint(1, 1).varint(2, 1)),
            wire().message(9, pair(wire().varint(1, 1))),
            wire().message(9, pair(wire().fixed64(2, 1))),
            wire().message(9, pair(wire().text(3, "secret"))),
            wire().message(9, pair(list(5, wire().varint(4, 1)))))) {
      byte[] request = request(span(1).raw(other.done()));
      takeOdd(request);
      hidesNothing(request);
    }
  }

  @Test
  void varintsMayBeLongerThanNeedBe() {
    for (int width = 2; width <= 5; width++) {
      WireWriter text = wire().raw(0x2a).wide(4, width).raw('n', 'a', 'm', 'e');
      takeOdd(request(span(1).raw(text.done())));
      takeOdd(request(span(1).wide(Wire.tag(5, Wire.LENGTH), width).raw(1, 'n')));
      takeOdd(request(span(1).message(9, pair(wire().raw(0x0a).wide(1, width).raw('v')))));
      takeOdd(request(span(1).message(9, pair(list(5, wire().raw(0x0a).wide(1, width).raw('v'))))));
    }
    for (int width = 2; width <= 10; width++) {
      takeOdd(request(span(1).raw(0x30).wide(3, width)));
      takeOdd(request(span(1).raw(0x50).wide(0, width)));
      takeOdd(request(span(1).message(9, pair(wire().raw(0x18).wide(5, width)))));
      takeOdd(request(span(1).message(9, pair(wire().raw(0x10).wide(1, width)))));
      takeOdd(request(span(1).message(9, pair(list(5, wire().raw(0x18).wide(5, width))))));
    }
    assertRefused(request(span(1).wide(Wire.tag(5, Wire.LENGTH), 6).raw(1, 'n')));
  }

  @Test
  void boolsOfAnyNumberAreTrue() {
    byte[] request = request(span(1).message(9, pair(wire().varint(2, 2))));
    assertTrue(value(takeOdd(request)).getBoolValue());
    assertTrue(
        value(takeOdd(request(span(1).message(9, pair(wire().varint(2, 1L << 63))))))
            .getBoolValue());
  }

  /** An array (5) or a kvlist (6) with one element. */
  private static WireWriter list(int field, WireWriter element) {
    return wire().message(field, wire().message(1, element));
  }

  private static WireWriter pair(WireWriter value) {
    return wire().text(1, "k").message(2, value);
  }

  private static byte[] resource(WireWriter resource) {
    return wire().message(1, wire().message(1, resource)).done();
  }

  private static void hidesNothing(byte[] request) {
    byte[] taken = take(request).message().toByteArray();
    SpanBatch batch = ((Decoded.Whole) Requests.decode(request)).batch();
    assertEquals(taken.length, batch.byteSize());
    String bytes = new String(batch.bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    assertFalse(bytes.contains("secret"));
    batch.release();
  }

  private static Span only(TracesData message) {
    return message.getResourceSpans(0).getScopeSpans(0).getSpans(0);
  }

  private static AnyValue value(TracesData message) {
    return only(message).getAttributes(0).getValue();
  }
}
