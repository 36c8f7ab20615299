package dev.tollspan.spans;

import static dev.tollspan.spans.Traces.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a small request may make us hold, and what long lists are cut to. */
class LimitsTest {
  private static final KeyTable KEYS = Batches.keys();
  private static final int MIB = 1 << 20;

  /** Two-byte messages by the million: rows of an index are larger than that. */
  @ParameterizedTest
  @CsvSource({"resources", "scopes", "spans", "attributes", "events", "links"})
  void emptyMessagesByTheMillionFillNoHeap(String what) {
    byte[] request = request(what, 4 * MIB);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    BatchPool pool = new BatchPool(0);
    byte[] bytes = pool.acquire(request.length);
    System.arraycopy(request, 0, bytes, 0, request.length);
    long before = threads.getCurrentThreadAllocatedBytes();
    Decoded decoded = SpanBatch.decode(pool, KEYS, bytes, request.length);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    if (decoded instanceof Decoded.Whole whole) {
      assertEquals(0, whole.batch().spanCount());
    }
    assertTrue(allocated < 256L * MIB, what + ": " + allocated / MIB + " MiB");
  }

  @ParameterizedTest
  @CsvSource({"resources", "scopes", "spans", "attributes", "events", "links"})
  void growsNoIndexWithoutBeingAllowedTo(String what) {
    byte[] request = request(what, MIB);
    BatchPool pool = new BatchPool(MIB);
    long max = 256 << 10;
    long[] asked = {0};
    for (int i = 0; i < 2; i++) { // the second time with the index of the first
      byte[] bytes = pool.acquire(request.length);
      System.arraycopy(request, 0, bytes, 0, request.length);
      Decoded decoded =
          SpanBatch.decode(
              pool,
              KEYS,
              bytes,
              request.length,
              all -> {
                asked[0] = Math.max(asked[0], all);
                return all <= max;
              });
      if (asked[0] > max) {
        assertInstanceOf(Decoded.NoRoom.class, decoded);
      }
    }
    assertTrue(asked[0] > 8 << 10);
    byte[] honest = message(span()).toByteArray();
    byte[] bytes = pool.acquire(honest.length);
    System.arraycopy(honest, 0, bytes, 0, honest.length);
    Decoded after = SpanBatch.decode(pool, KEYS, bytes, honest.length);
    assertEquals(1, assertInstanceOf(Decoded.Whole.class, after).batch().spanCount());
  }

  /** One invalid byte makes a request odd; what it takes then is no secret from who counts. */
  @ParameterizedTest
  @CsvSource({"ascii", "euros", "mixed", "attributes", "resource"})
  void asksForAllThatTheSlowWayTakes(String what) {
    byte[] request = oddRequest(what, 2 * MIB);
    BatchPool pool = new BatchPool(0);
    decode(pool, oddRequest(what, 4096), all -> true); // loads the classes
    byte[] bytes = Arrays.copyOf(request, request.length);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] asked = {0};
    long before = threads.getCurrentThreadAllocatedBytes();
    Decoded decoded =
        SpanBatch.decode(
            pool,
            KEYS,
            bytes,
            bytes.length,
            all -> {
              asked[0] = Math.max(asked[0], all);
              return true;
            });
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(1, assertInstanceOf(Decoded.Whole.class, decoded).oddSpans());
    // Half of it more because some is garbage before the rest is made.
    assertTrue(allocated < asked[0] * 3 / 2, allocated + " bytes, but asked for " + asked[0]);
    Decoded refused = decode(pool, request, all -> all < asked[0]);
    assertInstanceOf(Decoded.NoRoom.class, refused);
  }

  @Test
  void asksForWhatAGrownIndexTakesAndDoesWithoutItIfThatIsTooMuch() {
    BatchPool pool = new BatchPool(16 * MIB);
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int i = 0; i < 5_000; i++) {
      scope.addSpans(span());
    }
    byte[] many =
        TracesData.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
            .build()
            .toByteArray();
    ((Decoded.Whole) decode(pool, many, all -> true)).batch().release();
    byte[] small = message(span()).toByteArray();
    List<Long> asked = new ArrayList<>();
    Decoded decoded =
        decode(
            pool,
            small,
            all -> {
              asked.add(all);
              return all < 64 << 10;
            });
    assertEquals(1, assertInstanceOf(Decoded.Whole.class, decoded).batch().spanCount());
    assertEquals(2, asked.size());
    assertTrue(asked.getFirst() > 5_000 * 100, "asked for " + asked);
  }

  private static Decoded decode(BatchPool pool, byte[] request, LongPredicate room) {
    byte[] bytes = pool.acquire(request.length);
    System.arraycopy(request, 0, bytes, 0, request.length);
    return SpanBatch.decode(pool, KEYS, bytes, request.length, room);
  }

  private static byte[] oddRequest(String what, int size) {
    Span.Builder span = span();
    ResourceSpans.Builder resource = ResourceSpans.newBuilder();
    switch (what) {
      case "ascii" -> span.setName("x".repeat(size));
      case "euros" -> span.setName("\u20ac".repeat(size / 3));
      case "mixed" -> span.setName("\u20ac" + "x".repeat(size));
      case "attributes" -> {
        for (int i = 0; i < size / 100; i++) {
          span.addAttributes(text("key" + i, "y".repeat(80)));
        }
      }
      default -> resource.getResourceBuilder().addAttributes(text("k", "z".repeat(size)));
    }
    span.addAttributes(text("last", "odd"));
    byte[] bytes =
        TracesData.newBuilder()
            .addResourceSpans(resource.addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
            .build()
            .toByteArray();
    bytes[bytes.length - 1] = (byte) 0xff;
    return bytes;
  }

  @Test
  void longListsAreCutAndTheRestIsCounted() {
    Span.Builder span = span();
    for (int i = 0; i < 1500; i++) {
      span.addAttributes(KeyValue.newBuilder().setKey("key" + i));
      span.addEvents(Span.Event.newBuilder().setName("e"));
      span.addLinks(
          Span.Link.newBuilder().setTraceId(span.getTraceId()).setSpanId(span.getSpanId()));
    }
    byte[] bytes = message(span).toByteArray();
    Decoded.Whole whole =
        (Decoded.Whole) SpanBatch.decode(new BatchPool(0), KEYS, bytes, bytes.length);
    SpanView view = whole.batch().view().moveTo(0);
    assertEquals(1024, view.attributes().count());
    assertEquals(476, view.droppedAttributesCount());
    assertEquals(1024, view.eventCount());
    assertEquals(1024, view.linkCount());
  }

  @Test
  void refusesMoreThanAHundredThousandSpans() {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int i = 0; i < 100_001; i++) {
      scope.addSpans(span());
    }
    TracesData message =
        TracesData.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
            .build();
    String tooMany = "the request holds more than 100,000 spans";
    assertEquals(tooMany, reason(message.toByteArray()));
    byte[] odd = new byte[message.getSerializedSize() + 2];
    message.toByteString().copyTo(odd, 0);
    odd[odd.length - 2] = 0x78; // an unknown field
    assertEquals(tooMany, reason(odd));
  }

  @Test
  void saysWhetherARequestIsBrokenOrMayBeOddAndTooLarge() {
    byte[] large = new byte[(16 << 20) + 1];
    assertEquals("the request is broken", reason(new byte[] {0x0a, 1}));
    large[0] = 0x78;
    assertEquals("the request is broken, or is odd and above 16 MiB", reason(large));
  }

  private static String reason(byte[] bytes) {
    Decoded decoded = SpanBatch.decode(new BatchPool(0), KEYS, bytes, bytes.length);
    return assertInstanceOf(Decoded.Malformed.class, decoded).reason();
  }

  @Test
  void holdingAndReleasingAreGuarded() {
    SpanBatch batch = Batches.batch(KEYS, message(span()));
    Additions tooFew = batch.startAdditions();
    assertThrows(IllegalStateException.class, () -> batch.with(tooFew));
    CleanBatch clean = BatchEditor.of(batch).splice(batch);
    batch.release();
    assertThrows(IllegalStateException.class, batch::release);
    clean.release();
    assertThrows(IllegalStateException.class, clean::hold);
  }

  private static byte[] request(String what, int size) {
    byte[] empty = new byte[size];
    byte tag =
        switch (what) {
          case "resources" -> 0x0a;
          case "attributes" -> 0x4a;
          case "events" -> 0x5a;
          case "links" -> 0x6a;
          default -> 0x12;
        };
    for (int i = 0; i < size; i += 2) {
      empty[i] = tag;
    }
    ByteString content = ByteString.copyFrom(empty);
    return switch (what) {
      case "resources" -> empty;
      case "scopes" -> framed(0x0a, content).toByteArray();
      case "spans" -> framed(0x0a, framed(0x12, content)).toByteArray();
      default -> framed(0x0a, framed(0x12, framed(0x12, content))).toByteArray();
    };
  }

  private static ByteString framed(int tag, ByteString content) {
    byte[] head = new byte[11];
    head[0] = (byte) tag;
    int length = Wire.putVarint(head, 1, content.size());
    return ByteString.copyFrom(head, 0, length).concat(content);
  }

  private static Span.Builder span() {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
        .setSpanId(ByteString.copyFromUtf8("01234567"));
  }

  private static TracesData message(Span.Builder span) {
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
        .build();
  }
}
