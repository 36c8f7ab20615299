package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** That whatever one request was given comes back, whoever releases it and when. */
class HoldTest {
  private static final long BYTES = 1 << 20;
  private static final long ROOM = 100 << 10;

  private final ByteBudget budget = new ByteBudget(BYTES);
  private final ByteBudget share = new ByteBudget(BYTES);
  private final Hold hold = Lab.hold(budget, share);

  @Test
  void keepsOfItsTurnOnlyWhatItNeedsAtFirst() {
    assertTrue(hold.admit(ROOM, 4096, 0));
    assertEquals(4096, budget.heldBytes());
    assertEquals(4096, share.heldBytes());
    hold.release();
    hold.release();
    assertEquals(0, budget.heldBytes());
    assertEquals(0, share.heldBytes());
  }

  @Test
  void takesNothingOnceReleased() {
    hold.release();
    assertFalse(hold.admit(ROOM, 4096, 0));
    assertEquals(0, budget.heldBytes());
    assertEquals(0, share.heldBytes());
  }

  @Test
  void givesBackATurnThatComesAfterTheRelease() throws Exception {
    assertTrue(budget.acquire(BYTES, 0));
    CompletableFuture<Boolean> turn = waiting(Duration.ofSeconds(20));
    await(() -> share.heldBytes() == ROOM);
    hold.release();
    budget.release(BYTES);
    assertFalse(turn.get(20, TimeUnit.SECONDS));
    assertEquals(0, budget.heldBytes());
    assertEquals(0, share.heldBytes());
  }

  /** The budget stays full: whoever waited for it would not be back for an hour. */
  @Test
  void doesNotWaitForTheBudgetOnceReleased() throws Exception {
    assertTrue(budget.acquire(BYTES, 0));
    assertTrue(share.acquire(BYTES, 0));
    CompletableFuture<Boolean> turn = waiting(Duration.ofHours(1));
    await(() -> !share.isFree(0));
    hold.release();
    share.release(BYTES);
    assertFalse(turn.get(20, TimeUnit.SECONDS));
    assertEquals(0, share.heldBytes());
    assertEquals(BYTES, budget.heldBytes());
  }

  private CompletableFuture<Boolean> waiting(Duration max) {
    CompletableFuture<Boolean> turn = new CompletableFuture<>();
    Thread.startVirtualThread(() -> turn.complete(hold.admit(ROOM, 4096, max.toNanos())));
    return turn;
  }

  private static void await(BooleanSupplier event) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!event.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "it does not come to that");
      Thread.onSpinWait();
    }
  }
}
