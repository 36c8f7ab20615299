package dev.tollspan.spans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever an exporter may send, the views agree with the generated classes about it. */
class RandomSpansTest {
  private static final int CASES = 2_000;
  private static final KeyTable KEYS = Batches.keys();

  private final BatchPool pool = new BatchPool(1 << 20);

  @Test
  void viewsAgreeWithTheGeneratedClasses() {
    eachCase(
        message -> {
          SpanBatch batch = Batches.batch(pool, KEYS, message.toByteArray());
          assertEquals(message.getSerializedSize(), batch.byteSize());
          Agreement.check(message, batch.view(), KEYS);
          batch.release();
        });
  }

  @Test
  void spliceWithoutEditsGivesTheSameBytes() {
    eachCase(
        message -> {
          SpanBatch batch = Batches.batch(pool, KEYS, message.toByteArray());
          CleanBatch clean = BatchEditor.of(batch).splice(batch);
          assertEquals(message, Batches.message(clean));
          assertEquals(message.getSerializedSize(), clean.byteSize());
          assertEquals(batch.spanCount(), clean.spanCount());
          Agreement.check(message, clean.view(), KEYS);
          clean.release();
          batch.release();
        });
  }

  @Test
  void whatIsEditedOnTheWireIsWhatIsEditedInTheMessage() {
    eachSeed(
        seed -> {
          RandomTraces random = new RandomTraces(new SplittableRandom(seed));
          TracesData message = random.traces();
          SpanBatch batch = Batches.batch(pool, KEYS, message.toByteArray());
          RandomEdits edits = new RandomEdits(batch, message, random);
          CleanBatch clean = edits.splice();
          assertEquals(edits.expected(), Batches.message(clean));
          Agreement.check(edits.expected(), clean.view(), KEYS);
          clean.release();
          batch.release();
        });
  }

  private interface Case {
    void check(TracesData message);
  }

  private interface SeededCase {
    void check(long seed);
  }

  private static void eachCase(Case one) {
    eachSeed(seed -> one.check(new RandomTraces(new SplittableRandom(seed)).traces()));
  }

  private static void eachSeed(SeededCase one) {
    long first = System.nanoTime();
    for (long seed = first; seed < first + CASES; seed++) {
      try {
        one.check(seed);
      } catch (AssertionError | RuntimeException e) {
        fail("with seed " + seed + "L", e);
      }
    }
  }
}
