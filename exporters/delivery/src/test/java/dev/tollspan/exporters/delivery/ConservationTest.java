package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.delivery.OddExporter.Fate;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whatever exporters, limits and restarts do: each span that was accepted was delivered, waits, or
 * is counted as dropped with its reason.
 *
 * <p>{@code -Dtollspan.conservation.seed=N} runs one again, {@code -Dtollspan.conservation.runs=N}
 * as many.
 */
class ConservationTest {
  private static final Logger LOG = Logger.getLogger("dev.tollspan"); // held, or it forgets

  @BeforeAll
  static void expectsTrouble() {
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void saysTroubleAgain() {
    LOG.setLevel(null);
  }

  @Test
  void whatWasAcceptedIsDeliveredOrWaitsOrIsCounted() {
    Messages messages = new Messages();
    Set<Fate> seen = EnumSet.noneOf(Fate.class);
    int runs = Integer.getInteger("tollspan.conservation.runs", 1050);
    long one = Long.getLong("tollspan.conservation.seed", -1);
    for (long seed = one < 0 ? 0 : one; one < 0 ? seed < runs : seed == one; seed++) {
      try {
        seen.addAll(new World(new SplittableRandom(seed), messages).live());
      } catch (AssertionError | Exception e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertTrue(one >= 0 || seen.containsAll(EnumSet.allOf(Fate.class)), "only " + seen);
  }
}
