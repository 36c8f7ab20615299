package dev.tollspan.gpuledger;

import static dev.tollspan.gpuledger.Books.at;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class IdlePolicyTest {
  /** A: 15 and 15 s in two windows; B: 12.5 and 12.5 s; idle 32.5 s of each minute. */
  private static final List<WindowRecord> WINDOWS = List.of(window(0), window(60));

  private static final Function<Interval, String> TENANT = i -> i.spanId() == 1 ? "a" : "b";

  @Test
  void separateIdleIsARowOfItsOwn() {
    assertEquals(
        "{a=0.075, b=0.0625} idle 0.1625", text(IdlePolicy.SEPARATE.over(WINDOWS, TENANT)));
  }

  @Test
  void proportionalIdleFollowsTheCost() {
    assertEquals(
        "{a=0.163636363636, b=0.136363636364} idle 0",
        text(IdlePolicy.PROPORTIONAL.over(WINDOWS, TENANT)));
  }

  @Test
  void evenIdleIsTheSameForEachOwner() {
    assertEquals("{a=0.15625, b=0.14375} idle 0", text(IdlePolicy.EVEN.over(WINDOWS, TENANT)));
  }

  @Test
  void noneLeavesIdleOut() {
    assertEquals("{a=0.075, b=0.0625} idle 0", text(IdlePolicy.NONE.over(WINDOWS, TENANT)));
  }

  @Test
  void idleStaysARowWhereNobodyCanPay() {
    List<WindowRecord> idle =
        List.of(new Window("r", Books.RATE, Sharing.busyIntervals(), 0, at(60)).split(List.of()));
    for (IdlePolicy policy : List.of(IdlePolicy.PROPORTIONAL, IdlePolicy.EVEN)) {
      assertEquals("{} idle 0.15", text(policy.over(idle, TENANT)));
    }
  }

  private static WindowRecord window(int from) {
    return new Window("r", Books.RATE, Sharing.busyIntervals(), at(from), at(from + 60))
        .split(
            List.of(Books.interval(1, from, from + 20), Books.interval(2, from + 10, from + 27.5)));
  }

  private static String text(Statement<String> statement) {
    Map<String, String> costs =
        statement.costsUsd().entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    e -> e.getValue().stripTrailingZeros().toPlainString(),
                    (a, b) -> a,
                    TreeMap::new));
    return costs + " idle " + statement.idleUsd().stripTrailingZeros().toPlainString();
  }
}
