package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.spans.BatchPool;
import org.junit.jupiter.api.Test;

class InflatedTest {
  private static final int KIB = 1024;

  private final ByteBudget budget = new ByteBudget(16 * KIB);
  private final Hold hold = Lab.hold(budget, new ByteBudget(24 * KIB));

  @Test
  void paysForTheOldArrayWhileItIsCopied() {
    try (Inflated out = new Inflated(new BatchPool(0), hold, 64 * KIB, KIB)) {
      assertTrue(out.grow(5 * KIB));
      assertEquals(6 * KIB, budget.heldBytes());
      assertFalse(budget.acquire(11 * KIB, 0));
      assertTrue(out.grow(0)); // 1 + 5 + 10
      assertEquals(11 * KIB, budget.heldBytes());
      assertFalse(out.grow(0));
      assertFalse(out.couldFit()); // 1 + 10 + 20
      assertEquals(11 * KIB, budget.heldBytes());
    }
    hold.release();
    assertEquals(0, budget.heldBytes());
  }

  @Test
  void canWaitForWhatOthersHold() {
    assertTrue(budget.acquire(KIB, 0));
    try (Inflated out = new Inflated(new BatchPool(0), hold, 64 * KIB, KIB)) {
      assertTrue(out.grow(5 * KIB));
      assertFalse(out.grow(0));
      assertTrue(out.couldFit());
    }
  }
}
