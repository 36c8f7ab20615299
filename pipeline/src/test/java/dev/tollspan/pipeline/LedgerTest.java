package dev.tollspan.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.pipeline.Ledger.Standing;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Ledger ledger = new Ledger();
  private final Ledger first = ledger.entrance();
  private final Ledger second = ledger.entrance();

  @Test
  void theWholeIsTheSumOfItsEntrances() {
    first.receive(5, 1);
    first.accept(3);
    first.reject(2, "invalid_span");
    second.receive(10, 0);
    second.reject(10, "invalid_span");
    first.refuseRequest("no_login");
    second.refuseRequest("no_login");
    second.refuseRequest("too_large");
    assertEquals(15, ledger.received());
    assertEquals(3, ledger.accepted());
    assertEquals(1, ledger.odd());
    assertEquals(3, ledger.refusedRequests());
    assertEquals(Map.of("no_login", 2L, "too_large", 1L), ledger.refusedRequestsByReason());
    assertEquals(Map.of("invalid_span", 12L), ledger.rejectedByReason());
    assertEquals("", ledger.unbalanced());
  }

  @Test
  void anExporterIsHeldToTheEntrancesThatFeedIt() {
    AtomicReference<Standing> both = new AtomicReference<>(new Standing(0, 0, Map.of()));
    AtomicReference<Standing> one = new AtomicReference<>(new Standing(3, 4, Map.of("old", 5L)));
    ledger.open("both", List.of(first, second), both::get);
    ledger.open("one", List.of(second), one::get);
    first.receive(5, 0);
    first.accept(5);
    assertEquals("both: accepted 5 != delivered 0 + pending 0 + dropped 0", ledger.unbalanced());
    both.set(new Standing(0, 5, Map.of()));
    assertEquals("", ledger.unbalanced());
    second.receive(2, 0);
    second.accept(2);
    both.set(new Standing(2, 5, Map.of()));
    assertEquals("one: accepted 14 != delivered 3 + pending 4 + dropped 5", ledger.unbalanced());
    one.set(new Standing(4, 4, Map.of("old", 5L, "shutdown", 1L)));
    assertEquals("", ledger.unbalanced());
    assertEquals(7, ledger.accounts().get("both").accepted());
    assertEquals(14, ledger.accounts().get("one").accepted());
    assertEquals(6, ledger.accounts().get("one").dropped());
  }

  @Test
  void goesOnWithTheBooksOfAnEarlierProcess() {
    first.resume(100, 7, Map.of("invalid_span", 4L, "retry_later", 6L));
    ledger.open("one", List.of(first), () -> new Standing(90, 10, Map.of()));
    assertEquals(110, ledger.received());
    assertEquals(7, ledger.odd());
    assertEquals(100, ledger.accounts().get("one").accepted());
    assertEquals("", ledger.unbalanced());
  }
}
