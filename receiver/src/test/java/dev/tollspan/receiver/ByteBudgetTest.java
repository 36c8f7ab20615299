package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
  private static final int UNIT = 1024;

  private final ByteBudget budget = new ByteBudget(10 * UNIT);

  @Test
  void givesNoMoreThanThereIs() {
    assertTrue(budget.acquire(6 * UNIT + 1, 0));
    assertEquals(7 * UNIT, budget.heldBytes());
    assertFalse(budget.acquire(4 * UNIT, 0));
    assertTrue(budget.acquire(3 * UNIT, 0));
    budget.release(6 * UNIT + 1);
    assertTrue(budget.acquire(7 * UNIT, 0));
  }

  @Test
  void resizesUpOnlyIntoWhatIsFree() {
    assertTrue(budget.acquire(4 * UNIT, 0));
    assertTrue(budget.acquire(4 * UNIT, 0));
    assertFalse(budget.resize(4 * UNIT, 7 * UNIT));
    assertEquals(8 * UNIT, budget.heldBytes());
    assertTrue(budget.resize(4 * UNIT, 6 * UNIT));
    assertTrue(budget.resize(6 * UNIT, 0));
    assertEquals(4 * UNIT, budget.heldBytes());
  }

  @Test
  void sendsSendersFurtherAwayTheMoreOfThemCome() {
    assertEquals(Duration.ofMillis(100), budget.retryAfter());
    assertTrue(budget.acquire(10 * UNIT, 0));
    Duration last = Duration.ZERO;
    for (int i = 0; i < 50; i++) {
      assertFalse(budget.acquire(UNIT, 0));
      assertTrue(budget.retryAfter().compareTo(last) >= 0);
      last = budget.retryAfter();
    }
    assertEquals(Duration.ofSeconds(5), last);
    for (int i = 0; i < 1000; i++) {
      assertFalse(budget.resize(0, UNIT));
    }
    assertEquals(Duration.ofSeconds(30), budget.retryAfter());
    budget.release(10 * UNIT);
    for (int i = 0; i < 10; i++) {
      assertTrue(budget.acquire(UNIT, 0));
    }
    assertEquals(Duration.ofMillis(100), budget.retryAfter());
  }

  @Test
  void holdsNothingAfterAnInterruptedWait() {
    assertTrue(budget.acquire(10 * UNIT, 0));
    Thread.currentThread().interrupt();
    assertFalse(budget.acquire(UNIT, 60_000_000_000L));
    assertTrue(Thread.interrupted());
    assertEquals(10 * UNIT, budget.heldBytes());
  }
}
