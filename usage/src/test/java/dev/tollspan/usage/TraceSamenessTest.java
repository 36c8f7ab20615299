package dev.tollspan.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which spans of a trace tell the same call. */
class TraceSamenessTest {
  private final List<TraceSpan> trace = new ArrayList<>();

  /** A span that names a model and tells no usage yet, from one time to another. */
  private Told call(long id, long parent, int from, int to) {
    return new Told(id, parent, from, to);
  }

  private final class Told {
    private final int at = trace.size();
    private TraceSpan span;

    Told(long id, long parent, int from, int to) {
      span =
          new TraceSpan(
              id,
              parent,
              SpanClass.CALL,
              Operation.CHAT,
              false,
              -1,
              -1,
              0,
              true,
              "",
              "",
              "",
              false,
              false,
              from,
              to);
      trace.add(span);
    }

    private Told with(SpanClass what, Operation operation, long[] counts, int detail, Ids ids) {
      span =
          new TraceSpan(
              span.spanId(),
              span.parentId(),
              what,
              operation,
              counts[0] > 0 || counts[1] > 0,
              counts[0],
              counts[1],
              detail,
              true,
              ids.response,
              ids.call,
              ids.request,
              false,
              ids.selfHosted,
              span.startNanos(),
              span.endNanos());
      trace.set(at, span);
      return this;
    }

    private long[] counts() {
      return new long[] {span.input(), span.output()};
    }

    private Ids ids() {
      return new Ids(span.responseId(), span.callId(), span.requestId(), span.selfHosted());
    }

    Told tells(long input, long output) {
      long[] counts = {input, output};
      return with(span.spanClass(), span.operation(), counts, span.detail(), ids());
    }

    Told is(SpanClass what) {
      return with(what, span.operation(), counts(), span.detail(), ids());
    }

    Told asks(Operation operation) {
      return with(span.spanClass(), operation, counts(), span.detail(), ids());
    }

    Told detail(int detail) {
      return with(span.spanClass(), span.operation(), counts(), detail, ids());
    }

    Told response(String id) {
      Ids ids = new Ids(id, span.callId(), span.requestId(), span.selfHosted());
      return with(span.spanClass(), span.operation(), counts(), span.detail(), ids);
    }

    Told gatewayCall(String id) {
      Ids ids = new Ids(span.responseId(), id, span.requestId(), span.selfHosted());
      return with(span.spanClass(), span.operation(), counts(), span.detail(), ids);
    }

    Told request(String id) {
      Ids ids = new Ids(span.responseId(), span.callId(), id, span.selfHosted());
      return with(span.spanClass(), span.operation(), counts(), span.detail(), ids);
    }

    Told ownEngine() {
      Ids ids = new Ids(span.responseId(), span.callId(), span.requestId(), true);
      return with(span.spanClass(), span.operation(), counts(), span.detail(), ids);
    }
  }

  private record Ids(String response, String call, String request, boolean selfHosted) {}

  /** What becomes of each span, by its id, in whichever order they come. */
  private Map<Long, String> bills() {
    Map<Long, String> bills = bills(trace);
    assertEquals(bills, bills(trace.reversed()), "children may come before their parents");
    return bills;
  }

  private List<Long> billed() {
    Map<Long, String> bills = bills();
    return bills.keySet().stream().filter(id -> bills.get(id).equals("billed")).toList();
  }

  private static Map<Long, String> bills(List<TraceSpan> spans) {
    List<TraceVerdict> verdicts = TraceRule.decide(spans);
    Map<Long, String> bills = new TreeMap<>();
    for (int i = 0; i < spans.size(); i++) {
      TraceVerdict verdict = verdicts.get(i);
      long by = verdict.billedBySpanId();
      String bill = verdict.billable() ? "billed" : verdict.reason() + (by == 0 ? "" : " " + by);
      bills.put(spans.get(i).spanId(), bill);
    }
    return bills;
  }

  @Test
  void billsEachCallBelowOneThatTellsNoUsage() {
    call(1, 0, 0, 9);
    call(2, 1, 1, 3).tells(1000, 100).response("r1");
    call(3, 1, 5, 7).tells(2000, 300).response("r2");
    assertEquals(Map.of(1L, "REPEATED_BELOW", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void billsEachCallBelowOneThatTellsNoUsageThoughTheyHaveNoIds() {
    call(1, 0, 0, 9);
    call(2, 1, 1, 3).tells(1000, 100);
    call(3, 1, 4, 6).tells(1500, 200);
    assertEquals(Map.of(1L, "REPEATED_BELOW", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void billsEachCallBelowOneThatTellsTheCountsOfEach() {
    call(1, 0, 0, 9).tells(500, 10);
    call(2, 1, 1, 2).tells(500, 10).response("f0");
    call(3, 1, 3, 4).tells(500, 10).response("f1");
    call(4, 1, 5, 6).tells(500, 10).response("f2");
    assertEquals(Map.of(1L, "REPEATED_BELOW", 2L, "billed", 3L, "billed", 4L, "billed"), bills());
  }

  @Test
  void billsEachCallBelowOneThatWasNotToldItsOutput() {
    call(1, 0, 0, 9).tells(1000, 0);
    call(2, 1, 1, 3).tells(1000, 50);
    call(3, 1, 5, 7).tells(1000, 70);
    assertEquals(Map.of(1L, "REPEATED_BELOW", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void takesNoEmbeddingForTheChatAboveIt() {
    call(1, 0, 0, 9);
    call(2, 1, 1, 3).asks(Operation.EMBEDDINGS).tells(1000, -1);
    call(3, 1, 5, 7).tells(2000, 300).response("r2");
    assertEquals(Map.of(1L, "DUPLICATE 3", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void takesNoEmbeddingForTheChatWhoseIdItHas() {
    call(1, 0, 0, 9).tells(10, 0).gatewayCall("c").request("q");
    call(2, 1, 1, 3).asks(Operation.EMBEDDINGS).tells(10, 0).gatewayCall("c").request("q");
    assertEquals(Map.of(1L, "billed", 2L, "billed"), bills());
  }

  @Test
  void takesTheTextThatAnEngineCompletesForTheChatAboveIt() {
    call(1, 0, 0, 9).tells(10, 1);
    call(2, 1, 1, 3).asks(Operation.COMPLETION).tells(10, 1);
    assertEquals(Map.of(1L, "DUPLICATE 2", 2L, "billed"), bills());
  }

  @Test
  void takesACallForAnyAboveItThatDoesNotSayWhatItAsks() {
    call(1, 0, 0, 9).asks(Operation.UNKNOWN);
    call(2, 1, 1, 3).asks(Operation.EMBEDDINGS).tells(10, -1);
    assertEquals(Map.of(1L, "DUPLICATE 2", 2L, "billed"), bills());
  }

  @Test
  void billsEachCallBelowOneThatDoesNotSayWhatItAsks() {
    call(1, 0, 0, 9).asks(Operation.UNKNOWN);
    call(2, 1, 1, 3).asks(Operation.EMBEDDINGS).tells(10, -1);
    call(3, 1, 4, 6).tells(10, 1);
    assertEquals(Map.of(1L, "REPEATED_BELOW", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void billsEachCallBelowTwoThatTellNoUsage() {
    call(1, 0, 0, 9);
    call(2, 1, 0, 9);
    call(3, 2, 1, 3).tells(10, 1);
    call(4, 2, 4, 6).tells(20, 2);
    assertEquals(
        Map.of(1L, "REPEATED_BELOW", 2L, "REPEATED_BELOW", 3L, "billed", 4L, "billed"), bills());
  }

  @Test
  void billsOnceWhatAChainTells() {
    call(1, 0, 0, 9);
    call(2, 1, 1, 8).tells(10, 0);
    call(3, 2, 2, 7);
    call(4, 3, 3, 6).tells(10, 1).response("r");
    assertEquals(
        Map.of(1L, "DUPLICATE 4", 2L, "DUPLICATE 4", 3L, "DUPLICATE 4", 4L, "billed"), bills());
  }

  @Test
  void leavesOutOfAChainWhatContradictsAnyOfIt() {
    call(1, 0, 0, 9).tells(10, 5);
    call(2, 1, 1, 8).tells(10, 0);
    call(3, 2, 2, 7).tells(10, 7);
    assertEquals(Map.of(1L, "billed", 2L, "DUPLICATE 3", 3L, "billed"), bills());
  }

  @Test
  void billsARetryAndAFallbackBelowAGatewayThatFailed() {
    call(1, 0, 0, 9);
    call(2, 1, 1, 3);
    call(3, 1, 5, 7).tells(2000, 300).response("r2");
    assertEquals(Map.of(1L, "REPEATED_BELOW", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void billsAFailedTryAndTheOneThatTheGatewayAnsweredWith() {
    call(1, 0, 0, 9).tells(1000, 100).response("r9");
    call(2, 1, 1, 2).tells(1000, 0).response("r8");
    call(3, 1, 5, 7).tells(1000, 100).response("r9");
    assertEquals(Map.of(1L, "DUPLICATE 3", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void takesTheCallWhoseIdItHasBeforeOneThatOnlyFits() {
    call(1, 0, 0, 9).response("r2");
    call(2, 1, 1, 3).tells(10, 1);
    call(3, 1, 5, 7).tells(10, 1).response("r2");
    assertEquals(Map.of(1L, "DUPLICATE 3", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void billsTheTriesOfAGatewaysCallEach() {
    call(1, 0, 0, 9).gatewayCall("c");
    call(2, 1, 1, 3).tells(10, 1).gatewayCall("c").response("r1");
    call(3, 1, 5, 7).tells(10, 1).gatewayCall("c").response("r2");
    assertEquals(Map.of(1L, "REPEATED_BELOW", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void billsAGatewayWhoseTriesTellNoUsage() {
    call(1, 0, 0, 9).tells(10, 1);
    call(2, 1, 1, 3);
    call(3, 1, 5, 7);
    assertEquals(Map.of(1L, "billed", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void billsAGatewayWhoseTriesHaveItsIdAndTellNoUsage() {
    call(1, 0, 0, 9).tells(10, 1).gatewayCall("c");
    call(2, 1, 1, 3).gatewayCall("c").response("r1");
    call(3, 1, 5, 7).gatewayCall("c").response("r2");
    assertEquals("billed", bills(trace).get(1L));
  }

  @Test
  void takesNoOtherCountsForTheSameCall() {
    call(1, 0, 0, 9).tells(30, 3);
    call(2, 1, 1, 3).tells(10, 1);
    assertEquals(Map.of(1L, "billed", 2L, "billed"), bills());
  }

  @Test
  void billsTheCallsThatAddUpToTheOneAbove() {
    call(1, 0, 0, 90).tells(300, 30).response("own-id");
    call(2, 1, 1, 20).tells(100, 10).response("r2");
    call(3, 1, 30, 80).tells(200, 20);
    call(4, 3, 31, 79).tells(200, 20); // the same as the one above
    call(5, 1, 81, 82); // failed, and tells nothing
    call(6, 1, 83, 84).asks(Operation.EMBEDDINGS).tells(7, -1);
    assertEquals("REPEATED_BELOW", bills().get(1L));
    assertEquals(List.of(2L, 4L, 5L, 6L), billed());
  }

  @Test
  void billsTheCallsBelowSumsOfSums() {
    call(1, 0, 0, 90).tells(300, 30);
    call(2, 1, 1, 80).tells(300, 30);
    call(3, 2, 2, 9).tells(100, 10);
    call(4, 2, 10, 70).tells(200, 20);
    call(5, 4, 11, 20).tells(150, 5);
    call(6, 4, 21, 60).tells(50, 15);
    assertEquals(List.of(3L, 5L, 6L), billed());
  }

  @Test
  void billsACallWhoseCallsBelowDoNotAddUp() {
    call(1, 0, 0, 90).tells(300, 30);
    call(2, 1, 1, 20).tells(100, 10);
    call(3, 1, 30, 80).tells(200, 21);
    assertEquals(List.of(1L, 2L, 3L), billed());
  }

  @Test
  void takesNoCallOutsideItsTimeIntoASum() {
    call(1, 0, 0, 90).tells(300, 30);
    call(2, 1, 1, 20).tells(100, 10);
    call(3, 1, 30, 95).tells(200, 20);
    assertEquals(List.of(1L, 2L, 3L), billed());
  }

  @Test
  void takesTwoTriesWithEqualCountsForNoSum() {
    call(1, 0, 0, 90).tells(200, 20);
    call(2, 1, 1, 20).tells(200, 20);
    call(3, 1, 30, 80).tells(200, 20);
    assertEquals(List.of(2L, 3L), billed());
    trace.clear();
    call(1, 0, 0, 90).tells(200, 20);
    call(2, 1, 1, 20).tells(200, 20);
    call(3, 1, 30, 80);
    assertEquals(List.of(2L, 3L), billed());
    assertEquals("DUPLICATE 2", bills().get(1L));
  }

  @Test
  void takesNoOtherTimeForTheSameCall() {
    call(1, 0, 0, 9).tells(10, 1);
    call(2, 1, 8, 12).tells(10, 1);
    assertEquals(Map.of(1L, "billed", 2L, "billed"), bills());
  }

  @Test
  void takesNoSiblingsForTheSameCall() {
    call(1, 0, 0, 9).tells(10, 1);
    call(2, 0, 1, 8).tells(10, 1).request("q");
    call(3, 0, 1, 8).tells(10, 1);
    assertEquals(Map.of(1L, "billed", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void knowsACallByEachOfItsIdsAtAnyTime() {
    call(1, 0, 0, 9).tells(10, 1).response("r");
    call(2, 1, 10, 12).tells(10, 1).response("r");
    call(3, 0, 0, 9).tells(20, 1).gatewayCall("c");
    call(4, 3, 10, 12).tells(20, 1).gatewayCall("c");
    call(5, 0, 0, 9).tells(30, 1).request("q");
    call(6, 5, 10, 12).tells(30, 1).request("q");
    assertEquals(
        Map.of(
            1L,
            "DUPLICATE 2",
            2L,
            "billed",
            3L,
            "DUPLICATE 4",
            4L,
            "billed",
            5L,
            "DUPLICATE 6",
            6L,
            "billed"),
        bills());
  }

  @Test
  void billsTheLowerOfTwoThatHaveOneIdAndOtherCounts() {
    call(1, 0, 0, 9).tells(30, 3).response("r2");
    call(2, 1, 1, 3).tells(10, 1).response("r1");
    call(3, 1, 5, 7).tells(20, 2).response("r2");
    assertEquals(Map.of(1L, "REPEATED_BELOW 3", 2L, "billed", 3L, "billed"), bills());
  }

  @Test
  void billsSiblingsWithOneIdAndOtherCountsEach() {
    call(1, 0, 1, 3).tells(1000, 100).response("chatcmpl-123").gatewayCall("c");
    call(2, 0, 5, 7).tells(2000, 300).response("chatcmpl-123").gatewayCall("c");
    assertEquals(Map.of(1L, "billed", 2L, "billed"), bills());
  }

  @Test
  void billsSiblingsWithOneIdAndTheSameCountsOnce() {
    call(1, 0, 1, 3).tells(10, 1).response("r").detail(1);
    call(2, 0, 1, 3).tells(10, 1).response("r");
    call(3, 0, 1, 3).tells(20, 2).gatewayCall("c").detail(1);
    call(4, 0, 1, 3).tells(20, 2).gatewayCall("c");
    call(5, 0, 1, 3).gatewayCall("c");
    assertEquals(
        Map.of(1L, "billed", 2L, "DUPLICATE 1", 3L, "billed", 4L, "DUPLICATE 3", 5L, "DUPLICATE 3"),
        bills());
  }

  @Test
  void keepsAnOwnEngineApartWhateverItsIds() {
    call(1, 0, 0, 9).tells(10, 1).response("r").gatewayCall("c").request("q");
    call(2, 1, 1, 8).tells(10, 1).response("r").gatewayCall("c").request("q").ownEngine();
    assertEquals(Map.of(1L, "billed", 2L, "billed"), bills());
  }

  @Test
  void takesTheOneWithMoreDetailThenTheOneNearestToTheVendor() {
    call(1, 0, 0, 9).tells(10, 1).detail(2);
    call(2, 1, 1, 8).tells(10, 1);
    call(3, 0, 0, 9).tells(10, 1);
    call(4, 3, 1, 8).tells(10, 1);
    assertEquals(Map.of(1L, "billed", 2L, "DUPLICATE 1", 3L, "DUPLICATE 4", 4L, "billed"), bills());
  }

  @Test
  void billsNoWrapperAboveUsageAtAnyDepth() {
    call(1, 0, 0, 9).is(SpanClass.WRAPPER).tells(30, 3);
    call(2, 1, 0, 9).is(SpanClass.STAGE);
    call(3, 2, 1, 8).tells(30, 3);
    call(4, 0, 0, 9).is(SpanClass.WRAPPER).tells(30, 3);
    call(5, 4, 0, 9).is(SpanClass.STAGE);
    call(6, 5, 1, 8);
    assertEquals(
        Map.of(
            1L,
            "REPEATED_BELOW",
            2L,
            "NO_CALL",
            3L,
            "billed",
            4L,
            "billed",
            5L,
            "NO_CALL",
            6L,
            "billed"),
        bills());
  }

  @Test
  void billsTheCallsBelowAWrapperThatWasDeliveredTwice() {
    for (int i = 0; i < 2; i++) {
      call(1, 0, 0, 9).tells(10, 1);
      call(2, 1, 1, 3).tells(10, 1).response("r1");
    }
    call(3, 1, 5, 7).tells(10, 1).response("r2");
    List<TraceVerdict> verdicts = TraceRule.decide(trace);
    List<BillReason> reasons = verdicts.stream().map(TraceVerdict::reason).toList();
    assertEquals(
        List.of(
            BillReason.REPEATED_BELOW,
            BillReason.CALL,
            BillReason.REPEATED_BELOW,
            BillReason.DUPLICATE,
            BillReason.CALL),
        reasons);
  }

  @Test
  void decidesLargeTracesInTime() {
    for (int i = 1; i <= 20_000; i++) {
      call(i, i - 1, i, 100_000 - i).tells(i, i).response("None").gatewayCall("None");
    }
    for (int i = 20_001; i <= 40_000; i++) {
      call(i, 1, i, i).tells(i, i).response("None").gatewayCall("None");
    }
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> TraceRule.decide(trace));
  }
}
