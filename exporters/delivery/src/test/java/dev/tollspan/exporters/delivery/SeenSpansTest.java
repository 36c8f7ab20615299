package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeenSpansTest {
  private record Id(long high, long low, long span) {}

  @Test
  void knowsASpanAgainButNotWhenItIsReadAgain() {
    SeenSpans seen = new SeenSpans(4);
    assertFalse(seen.cameBefore(1, 2, 3, 10));
    assertFalse(seen.cameBefore(1, 2, 3, 10), "the journal was read again");
    assertTrue(seen.cameBefore(1, 2, 3, 11));
    assertFalse(seen.cameBefore(1, 2, 3, 10), "the first is kept, whatever came since");
    assertFalse(seen.cameBefore(1, 2, 4, 11));
    assertFalse(seen.cameBefore(2, 1, 3, 11));
  }

  /** Ids that differ in few bits, in a small range, so that they collide and come again. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64, 1_000})
  void forgetsTheOldestAndNothingElse(int capacity) {
    SplittableRandom random = new SplittableRandom(capacity);
    SeenSpans seen = new SeenSpans(capacity);
    Map<Id, Long> model = new LinkedHashMap<>();
    for (long place = 1; place < 50_000; place++) {
      int range = Math.max(2, capacity / 8);
      Id id = new Id(random.nextInt(3), random.nextInt(range), random.nextInt(16) << 20);
      long at = random.nextInt(10) == 0 ? model.getOrDefault(id, place) : place;
      Long first = model.putIfAbsent(id, at);
      if (first == null && model.size() > capacity) {
        model.remove(model.keySet().iterator().next());
      }
      assertEquals(
          first != null && first < at,
          seen.cameBefore(id.high(), id.low(), id.span(), at),
          "place " + place);
    }
  }
}
