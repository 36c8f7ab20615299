package dev.tollspan.spans;

import static dev.tollspan.spans.Requests.assertRefused;
import static dev.tollspan.spans.Requests.take;
import static dev.tollspan.spans.Requests.takeOdd;
import static dev.tollspan.spans.WireWriter.attribute;
import static dev.tollspan.spans.WireWriter.id;
import static dev.tollspan.spans.WireWriter.request;
import static dev.tollspan.spans.WireWriter.span;
import static dev.tollspan.spans.WireWriter.wire;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One bad span, id or text costs at most its span; broken framing costs the request. */
class OddRequestsTest {
  private static final byte[] BAD_TEXT = {'a', (byte) 0xff, (byte) 0xe2, (byte) 0x82, 'b'};

  @Test
  @Tag("D1")
  void rejectsSpansWithoutIdsAndKeepsTheirNeighbours() {
    List<WireWriter> bad = new ArrayList<>();
    for (int length : new int[] {0, 1, 8, 15, 17, 32}) {
      bad.add(wire().bytes(1, id(length, 5)).bytes(2, id(8, 5)));
    }
    for (int length : new int[] {0, 1, 7, 9, 16}) {
      bad.add(wire().bytes(1, id(16, 5)).bytes(2, id(length, 5)));
    }
    bad.add(wire());
    bad.add(wire().bytes(1, id(16, 5)));
    bad.add(wire().bytes(2, id(8, 5)));
    bad.add(wire().bytes(1, new byte[16]).bytes(2, id(8, 5)));
    bad.add(wire().bytes(1, id(16, 5)).bytes(2, new byte[8]));
    bad.add(span(5).bytes(1));
    List<WireWriter> all = new ArrayList<>();
    for (WireWriter one : bad) {
      all.add(one);
      all.add(span(1));
      byte[] request = request(span(1), one, span(2));
      Requests.Taken taken = take(request);
      assertEquals(1, taken.rejected());
      assertEquals(2, Rules.spans(taken.message()));
      assertEquals(Requests.meaning(request), taken.message());
    }
    Requests.Taken taken = take(request(all.toArray(WireWriter[]::new)));
    assertEquals(bad.size(), taken.rejected());
    assertEquals(bad.size(), Rules.spans(taken.message()));
  }

  @Test
  @Tag("D2")
  void aParentThatCannotBeMakesARoot() {
    for (byte[] parent : new byte[][] {{}, {1}, id(7, 1), id(9, 1), id(16, 1), new byte[8]}) {
      byte[] request = request(span(1).bytes(4, parent));
      Span span = only(takeOdd(request));
      assertEquals(ByteString.EMPTY, span.getParentSpanId());
      int warnings = parent.length == 0 || parent.length == 8 ? 0 : 1;
      assertEquals(warnings, take(request).repairs().count(Repair.PARENT));
      assertEquals(warnings == 0, take(request).repairs().warning().isEmpty());
    }
  }

  @Test
  void linksWithoutIdsAreLeftOutAndCounted() {
    for (WireWriter link :
        List.of(
            wire(),
            wire().bytes(1, id(16, 1)),
            wire().bytes(2, id(8, 1)),
            wire().bytes(1, id(15, 1)).bytes(2, id(8, 1)),
            wire().bytes(1, id(16, 1)).bytes(2, id(9, 1)))) {
      Span span = only(takeOdd(request(span(1).message(13, link).message(13, span(2)))));
      assertEquals(1, span.getLinksCount());
      assertEquals(1, span.getDroppedLinksCount());
    }
  }

  @Test
  void groupsInASpanRejectIt() {
    for (WireWriter group :
        List.of(
            wire().tag(99, Wire.GROUP_START).tag(99, Wire.GROUP_END),
            wire().tag(9, Wire.GROUP_START).tag(9, Wire.GROUP_END),
            wire().tag(99, Wire.GROUP_END),
            wire().tag(99, Wire.GROUP_START),
            wire().message(9, attribute("k", "v").raw(0x0b, 0x0c)),
            wire().message(11, wire().raw(0x0b, 0x0c)),
            wire().message(13, span(1).raw(0x0b, 0x0c)),
            wire().message(15, wire().raw(0x0b, 0x0c)),
            wire().raw(new byte[100_000]).raw(0x0b))) {
      WireWriter bad = span(5).raw(0x0b, 0x0c).raw(group.done());
      Requests.Taken taken = take(request(span(1), bad, span(2)));
      assertEquals(1, taken.rejected());
      assertEquals(2, Rules.spans(taken.message()));
    }
  }

  @Test
  void groupsOutsideOfSpansRefuseTheRequest() {
    WireWriter group = wire().raw(0x0b, 0x0c);
    assertRefused(group.done());
    assertRefused(wire().message(1, group).done());
    assertRefused(wire().message(1, wire().message(1, group)).done());
    assertRefused(wire().message(1, wire().message(2, group)).done());
    assertRefused(wire().message(1, wire().message(2, wire().message(1, group))).done());
  }

  @Test
  @Tag("D13")
  void textThatIsNotUtf8IsRepairedWhereverItStands() {
    WireWriter bad = wire().bytes(1, BAD_TEXT);
    WireWriter badKey = wire().bytes(1, BAD_TEXT).message(2, wire().varint(3, 1));
    WireWriter badValue = wire().text(1, "k").message(2, bad);
    WireWriter array = wire().text(1, "k").message(2, wire().message(5, wire().message(1, bad)));
    WireWriter list = wire().text(1, "k").message(2, wire().message(6, wire().message(1, badKey)));
    for (WireWriter attribute : List.of(badKey, badValue, array, list)) {
      repairsSpan(span(1).message(9, attribute));
      repairsSpan(span(1).message(11, wire().message(3, attribute)));
      repairsSpan(span(1).message(13, span(2).message(4, attribute)));
      repairs(wire().message(1, wire().message(1, wire().message(1, attribute))));
      WireWriter scope = wire().message(1, wire().message(3, attribute));
      repairs(wire().message(1, wire().message(2, scope)));
    }
    repairsSpan(span(1).bytes(3, BAD_TEXT));
    repairsSpan(span(1).bytes(5, BAD_TEXT));
    repairsSpan(span(1).message(11, wire().bytes(2, BAD_TEXT)));
    repairsSpan(span(1).message(13, span(2).bytes(3, BAD_TEXT)));
    repairsSpan(span(1).message(15, wire().bytes(2, BAD_TEXT)));
    repairs(wire().message(1, wire().bytes(3, BAD_TEXT)));
    repairs(wire().message(1, wire().message(2, wire().bytes(3, BAD_TEXT))));
    repairs(wire().message(1, wire().message(2, wire().message(1, wire().bytes(1, BAD_TEXT)))));
    repairs(wire().message(1, wire().message(2, wire().message(1, wire().bytes(2, BAD_TEXT)))));
    for (int field = 1; field <= 4; field++) {
      WireWriter entity = wire().bytes(field, BAD_TEXT);
      repairs(wire().message(1, wire().message(1, wire().message(3, entity))));
    }
  }

  @Test
  void emptyMessagesAreKeptAtEachLevel() {
    assertEquals(TracesData.getDefaultInstance(), take(new byte[0]).message());
    WireWriter scope = wire().message(1, wire()).message(2, span(1)).text(3, "");
    for (WireWriter resource :
        List.of(
            wire(),
            wire().message(1, wire()),
            wire().message(2, wire()),
            wire().message(1, wire()).message(2, wire().message(1, wire())).text(3, ""),
            wire().message(2, scope).message(2, wire()).message(2, scope))) {
      byte[] request = wire().message(1, resource).message(1, wire()).done();
      assertTrue(Requests.isCanonical(request));
      assertEquals(Requests.meaning(request), take(request).message());
    }
    for (int field : new int[] {3, 5, 9, 11, 15}) {
      byte[] request = request(span(1).bytes(field));
      assertTrue(Requests.isCanonical(request));
      assertEquals(Requests.meaning(request), take(request).message());
    }
    for (int field = 1; field <= 7; field++) {
      if (field == 1 || field > 4) {
        byte[] request =
            request(span(1).message(9, wire().text(1, "").message(2, wire().bytes(field))));
        assertTrue(Requests.isCanonical(request));
        assertEquals(Requests.meaning(request), take(request).message());
      }
    }
  }

  @Test
  @Tag("D12")
  void logsAndMetricsSentAsTracesAreRejectedSpans() {
    WireWriter record = wire().fixed64(1, 7).varint(2, 9).message(5, wire().text(1, "log line"));
    Requests.Taken taken = take(request(record, record, span(1)));
    assertEquals(2, taken.rejected());
    assertEquals(1, Rules.spans(taken.message()));
  }

  private static void repairsSpan(WireWriter odd) {
    assertEquals(3, repairs(wire().raw(request(span(1), odd, span(3)))));
  }

  /** Returns how many spans are left. */
  private static int repairs(WireWriter odd) {
    byte[] request = odd.done();
    assertFalse(Requests.isCanonical(request));
    Requests.Taken taken = take(request);
    assertEquals(0, taken.rejected());
    byte[] repaired = request.clone();
    for (int i = 0; i + BAD_TEXT.length <= request.length; i++) {
      if (repaired[i + 1] == (byte) 0xff) {
        repaired[i + 1] = repaired[i + 2] = repaired[i + 3] = '?';
      }
    }
    assertTrue(new String(repaired, UTF_8).contains("a???b"));
    assertEquals(Requests.meaning(repaired), taken.message());
    assertEquals(1, taken.repairs().count(Repair.TEXT));
    return Rules.spans(taken.message());
  }

  private static Span only(TracesData message) {
    return message.getResourceSpans(0).getScopeSpans(0).getSpans(0);
  }
}
