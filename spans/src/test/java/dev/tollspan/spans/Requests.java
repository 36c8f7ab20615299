package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.Arrays;

/** Decodes hand-made requests and checks what must be so whatever they hold. */
final class Requests {
  static final KeyTable KEYS = Batches.keys("k", "service.name");
  private static final BatchPool POOL = new BatchPool(1 << 22);

  private Requests() {}

  /** What became of a request that was taken. */
  record Taken(TracesData message, int rejected, String reason, int odd, Repairs repairs) {
    boolean means(Taken other) {
      return message.equals(other.message)
          && rejected == other.rejected
          && repairs.warning().equals(other.repairs.warning());
    }
  }

  static Decoded decode(byte[] request) {
    byte[] bytes = POOL.acquire(request.length);
    System.arraycopy(request, 0, bytes, 0, request.length);
    return SpanBatch.decode(POOL, KEYS, bytes, request.length);
  }

  /** The same for OTLP/JSON. */
  static Decoded decodeJson(byte[] json) {
    byte[] bytes = POOL.acquire(json.length);
    System.arraycopy(json, 0, bytes, 0, json.length);
    return OtlpJson.decode(POOL, KEYS, bytes, json.length, SpanIndex::isAlwaysRoom);
  }

  /** Decodes OTLP/JSON that must be taken. */
  static Taken takeJson(String json) {
    return takeJson(json.getBytes(UTF_8));
  }

  static Taken takeJson(byte[] json) {
    return taken(assertInstanceOf(Decoded.Whole.class, decodeJson(json)));
  }

  static void assertRefused(byte[] request) {
    assertInstanceOf(Decoded.Malformed.class, decode(request));
  }

  /** Whether the bytes need no rewriting. */
  static boolean isCanonical(byte[] request) {
    return new Indexer(KEYS, request, new SpanIndex()).index(0, request.length);
  }

  /** Decodes a request that must be taken, and checks that its batch is sound. */
  static Taken take(byte[] request) {
    return taken(assertInstanceOf(Decoded.Whole.class, decode(request)));
  }

  /** Splices, parses and reads a batch: all must agree, and be in canonical form. */
  static Taken taken(Decoded.Whole whole) {
    SpanBatch batch = whole.batch();
    CleanBatch clean = BatchEditor.of(batch).splice(batch);
    byte[] spliced =
        Arrays.copyOfRange(clean.bytes(), clean.offset(), clean.offset() + clean.byteSize());
    assertArrayEquals(
        Arrays.copyOfRange(batch.bytes, batch.index.start, batch.index.limit), spliced);
    assertTrue(isCanonical(spliced), "what decode lets through is canonical");
    TracesData message = Batches.message(clean);
    Agreement.check(message, batch.view(), KEYS);
    Agreement.check(message, clean.view(), KEYS);
    assertEquals(Rules.spans(message), batch.spanCount());
    assertEquals(Rules.spans(message), clean.spanCount());
    assertEquals(whole.rejectedSpans() == 0, whole.reason().isEmpty());
    assertEquals(message, withoutUnknowns(spliced));
    clean.release();
    batch.release();
    return new Taken(
        message, whole.rejectedSpans(), whole.reason(), whole.oddSpans(), whole.repairs());
  }

  /** Takes an odd request of one span, none rejected, and checks it against the rules. */
  static TracesData takeOdd(byte[] request) {
    Taken taken = take(request);
    assertEquals(0, taken.rejected());
    assertEquals(1, taken.odd());
    assertEquals(meaning(request), taken.message());
    return taken.message();
  }

  private static TracesData withoutUnknowns(byte[] request) {
    try {
      return Rules.parse(request);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** What the generated classes and the rules say that a request means. */
  static TracesData meaning(byte[] request) {
    return Rules.apply(withoutUnknowns(request));
  }
}
