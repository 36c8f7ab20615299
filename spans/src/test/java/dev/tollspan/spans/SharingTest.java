package dev.tollspan.spans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One decoded request, used by several. */
class SharingTest {
  private static final KeyTable KEYS = Batches.keys();

  private final BatchPool pool = new BatchPool(1 << 20);

  @Test
  void eachHasItsOwnAdditions() {
    SpanBatch first = Batches.batch(pool, KEYS, message());
    SpanBatch second = first.share();
    SpanBatch third = first.share();
    Batches.message(splice(first));
    second = adding(second, "cost.match", "exact");
    third = adding(third, "cost.match", "alias");
    assertEquals("", added(first));
    assertEquals("exact", added(second));
    assertEquals("alias", added(third));
    assertEquals("exact", added(second));
  }

  @Test
  void theBytesAreWipedWithTheLastInWhicheverOrder() {
    for (int last = 0; last < 3; last++) {
      SpanBatch first = Batches.batch(pool, KEYS, message());
      byte[] bytes = first.bytes;
      SpanBatch second = adding(first.share(), "cost.match", "exact");
      List<SpanBatch> all = new ArrayList<>(List.of(first, second, first.share()));
      SpanBatch kept = all.remove(last);
      all.forEach(SpanBatch::release);
      assertFalse(isWiped(bytes));
      assertEquals("n", kept.view().moveTo(0).name());
      kept.release();
      assertTrue(isWiped(bytes));
      assertThrows(IllegalStateException.class, kept::release);
    }
  }

  @Test
  void additionsAreNotShared() {
    SpanBatch batch = adding(Batches.batch(pool, KEYS, message()), "cost.match", "exact");
    assertThrows(IllegalStateException.class, batch::share);
  }

  /** The first small splice is free, as ever; each further one is paid for with those before. */
  @Test
  void whatComesOfTheSameSpansIsAskedForInSum() {
    List<Long> asked = new ArrayList<>();
    byte[] message = message();
    byte[] bytes = pool.acquire(message.length);
    System.arraycopy(message, 0, bytes, 0, message.length);
    Decoded decoded =
        SpanBatch.decode(pool, KEYS, bytes, message.length, beside -> asked.add(beside));
    SpanBatch batch = assertInstanceOf(Decoded.Whole.class, decoded).batch();
    asked.clear();
    SpanBatch other = batch.share();
    splice(batch);
    assertEquals(List.of(), asked);
    splice(other);
    long index = batch.indexBytes();
    assertEquals(1, asked.size());
    long splices = asked.getFirst() - index;
    assertTrue(splices >= 2L * message.length, asked + " of " + message.length);
    splice(batch);
    assertEquals(index + splices * 3 / 2, asked.getLast());
    batch.release();
    assertEquals(2, asked.size());
    other.release();
    assertEquals(splices * 3 / 2 - message.length, asked.getLast(), "what is left of it");
  }

  @Test
  void aSpliceForWhichThereIsNoRoomIsRefused() {
    byte[] message = message();
    byte[] bytes = pool.acquire(message.length);
    System.arraycopy(message, 0, bytes, 0, message.length);
    boolean[] room = {true};
    Decoded decoded = SpanBatch.decode(pool, KEYS, bytes, message.length, beside -> room[0]);
    SpanBatch batch = assertInstanceOf(Decoded.Whole.class, decoded).batch();
    splice(batch);
    room[0] = false;
    assertThrows(NoRoomException.class, () -> splice(batch));
    batch.release();
    assertTrue(isWiped(bytes));
  }

  private static SpanBatch adding(SpanBatch batch, String key, String value) {
    Additions additions = batch.startAdditions();
    additions.next();
    additions.add(Additions.Constant.of(key, value));
    return batch.with(additions);
  }

  private static String added(SpanBatch batch) {
    Span span = Batches.message(splice(batch)).getResourceSpans(0).getScopeSpans(0).getSpans(0);
    return span.getAttributesCount() == 0 ? "" : span.getAttributes(0).getValue().getStringValue();
  }

  private static CleanBatch splice(SpanBatch batch) {
    BatchEditor editor = BatchEditor.of(batch);
    editor.insertAdditions(batch, 0);
    return editor.splice(batch);
  }

  private static boolean isWiped(byte[] bytes) {
    return Arrays.equals(bytes, new byte[bytes.length]);
  }

  private static byte[] message() {
    TracesData.Builder message = TracesData.newBuilder();
    message
        .addResourceSpansBuilder()
        .addScopeSpansBuilder()
        .addSpansBuilder()
        .setTraceId(ByteString.copyFrom("0123456789abcdef", StandardCharsets.US_ASCII))
        .setSpanId(ByteString.copyFrom("01234567", StandardCharsets.US_ASCII))
        .setName("n");
    return message.build().toByteArray();
  }
}
