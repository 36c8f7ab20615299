package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoCallTest {
  @ParameterizedTest
  @ValueSource(ints = {DemoCall.CALLS_MIN, 13, 60, 10_000})
  void oneCallFailsOneIsCutShortAndOneHasNoPrice(int calls) {
    List<DemoCall> made = DemoCall.make(calls, 3);
    assertEquals(calls, made.size());
    assertEquals(1, made.stream().filter(DemoCall::fails).count());
    assertEquals(1, made.stream().filter(call -> call.simulate().equals("truncate")).count());
    List<DemoCall> unpriced =
        made.stream().filter(call -> call.model().equals(DemoCall.UNKNOWN_MODEL)).toList();
    assertEquals(1, unpriced.size());
    assertEquals("", unpriced.getFirst().simulate());
  }

  @Test
  void everyPromptHoldsItsOwnMarks() {
    Set<String> seen = new HashSet<>();
    for (DemoCall call : DemoCall.make(60, 1)) {
      for (String mark : call.marks().texts()) {
        assertTrue(call.prompt().contains(mark));
        assertTrue(seen.add(mark), mark);
      }
    }
  }

  @Test
  void theSameSeedMakesTheSameCalls() {
    assertEquals(DemoCall.make(60, 5), DemoCall.make(60, 5));
    assertTrue(!DemoCall.make(60, 5).equals(DemoCall.make(60, 6)));
  }
}
