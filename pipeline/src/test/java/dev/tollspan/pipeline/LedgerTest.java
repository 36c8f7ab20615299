package dev.tollspan.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
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
    Ledger.Account both = ledger.account("both", List.of(first, second));
    Ledger.Account one = ledger.account("one", List.of(second));
    first.receive(5, 0);
    first.accept(5);
    assertEquals("both: accepted 5 != delivered 0 + pending 0 + dropped 0", ledger.unbalanced());
    both.owe(5);
    assertEquals("", ledger.unbalanced());
    second.receive(2, 0);
    second.accept(2);
    both.owe(2);
    assertEquals("one: accepted 2 != delivered 0 + pending 0 + dropped 0", ledger.unbalanced());
    one.owe(2);
    one.deliver(1);
    one.drop(1, "shutdown");
    assertEquals("", ledger.unbalanced());
    assertEquals(7, both.accepted());
    assertEquals(2, one.accepted());
  }
}
