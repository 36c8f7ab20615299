package dev.tollspan.exporters.otlp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.otlp.Ending.Blame;
import dev.tollspan.exporters.otlp.Sending.Parcel;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.Outcome.Fault;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.spans.CleanBatch;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The search for bad spans, against a destination that is a set of numbers. */
class SendingTest {
  private static final Ending REFUSED = Ending.refused(Blame.CONTENT, "bad");
  private static final Ending ACCEPTED = new Ending(Outcome.ACCEPTED, Blame.NOTHING);
  private static final int SEEDS = 400;

  private final List<Integer> delivered = new ArrayList<>();
  private int calls;

  @Test
  void costsABadSpanItsLogarithmAndTwoCalls() {
    List<CleanBatch> batches = batches(10_000, 7);
    for (int bad : new int[] {1, 2, 17, 4_999, 5_000, 5_001, 9_999, 10_000}) {
      delivered.clear();
      calls = 0;
      Sending sending = new Sending(batches, Sending.BAD_SPANS_MAX);
      int late = send(sending, batches, Set.of(bad), new Random(bad), 1);
      assertEquals(new Outcome.PartlyAccepted(1, "bad"), sending.outcome());
      assertEquals(List.of(bad), numbers(batches, sending.refused()));
      assertEquals(others(10_000, Set.of(bad)), delivered);
      assertTrue(calls - late <= 1 + log2(10_000) + 2, bad + ": " + calls);
    }
  }

  @Test
  void deliversTheOthersOnceAndInOrder() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      int spans = 1 + random.nextInt(300);
      List<CleanBatch> batches = batches(spans, 1 + random.nextInt(8));
      Set<Integer> bad = new HashSet<>();
      for (int i = random.nextInt(8); i > 0; i--) {
        bad.add(1 + random.nextInt(spans));
      }
      delivered.clear();
      calls = 0;
      Sending sending = new Sending(batches, Sending.BAD_SPANS_MAX);
      int late = send(sending, batches, bad, random, 1);
      String with = "seed " + seed;
      assertEquals(bad.stream().sorted().toList(), numbers(batches, sending.refused()), with);
      assertEquals(others(spans, bad), delivered, with);
      assertTrue(calls - late <= 1 + bad.size() * (log2(spans) + 2), with + ": " + calls);
    }
  }

  @Test
  void deliversTheOthersOnceWithSeveralCallsUnderWay() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<CleanBatch> batches = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        batches.add(Given.batch(1 + 4 * i, 4, 400_000)); // two of them in a call
      }
      Set<Integer> bad = Set.of(1 + random.nextInt(12), 13 + random.nextInt(12));
      delivered.clear();
      Sending sending = new Sending(batches, Sending.BAD_SPANS_MAX);
      send(sending, batches, bad, random, 3);
      delivered.sort(null);
      assertEquals(others(24, bad), delivered, "seed " + seed);
      assertEquals(bad.stream().sorted().toList(), numbers(batches, sending.refused()));
    }
  }

  @Test
  void givesUpAfterManyBadSpans() {
    List<CleanBatch> batches = batches(1_000, 3);
    Set<Integer> bad = new HashSet<>();
    IntStream.rangeClosed(10, 1_000).forEach(bad::add);
    Sending sending = new Sending(batches, Sending.BAD_SPANS_MAX);
    int late = send(sending, batches, bad, new Random(1), 1);
    assertEquals(others(1_000, bad), delivered);
    assertEquals(bad.stream().sorted().toList(), numbers(batches, sending.refused()));
    int most = 2 + Sending.BAD_SPANS_MAX * (log2(1_000) + 2);
    assertTrue(calls - late <= most, () -> "calls " + calls);
  }

  @Test
  void searchesLittleWhereNothingIsEverTaken() {
    List<CleanBatch> batches = batches(1_000, 3);
    Set<Integer> all = new HashSet<>();
    IntStream.rangeClosed(1, 1_000).forEach(all::add);
    Sending sending = new Sending(batches, 1);
    int late = send(sending, batches, all, new Random(1), 1);
    assertEquals(new Outcome.Refused("bad"), sending.outcome());
    assertEquals(1_000, numbers(batches, sending.refused()).size());
    assertTrue(calls - late <= log2(1_000) + 4, () -> "calls " + calls);
  }

  @Test
  void searchesNothingWhereTheSenderIsRefused() {
    List<CleanBatch> batches = batches(20, 2);
    Sending sending = new Sending(batches, Sending.BAD_SPANS_MAX);
    Parcel parcel = sending.next(batches);
    assertNotNull(parcel);
    sending.judge(parcel, Ending.refused(Blame.NOTHING, "who are you?"));
    assertNull(sending.next(batches));
    assertEquals(new Outcome.Refused(Fault.SENDER, "who are you?"), sending.outcome());
    assertEquals(
        List.of(new RefusedSpans(0, 0, 10, Fault.SENDER), new RefusedSpans(1, 0, 10, Fault.SENDER)),
        sending.refused());
  }

  @Test
  void cutsAsTheBatchCutsItself() {
    CleanBatch batch = Given.groups();
    SplitBatch split = new SplitBatch(batch);
    for (int from = 0; from < batch.spanCount(); from++) {
      for (int to = from + 1; to <= batch.spanCount(); to++) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        split.part(from, to).forEach(s -> bytes.write(s.bytes(), s.offset(), s.length()));
        assertArrayEquals(bytes.toByteArray(), batch.part(from, to), from + " to " + to);
      }
    }
  }

  /** Sends all, and is told to come later now and then; how often. */
  private int send(
      Sending sending, List<CleanBatch> batches, Set<Integer> bad, Random random, int window) {
    int late = 0;
    Deque<Parcel> underWay = new ArrayDeque<>();
    while (true) {
      while (underWay.size() < window) {
        Parcel next = sending.next(batches);
        if (next == null) {
          break;
        }
        underWay.add(next);
      }
      Parcel parcel = underWay.poll();
      if (parcel == null) {
        return late;
      }
      calls++;
      List<Integer> spans = spans(parcel);
      assertEquals(parcel.load().spans(), spans.size());
      if (random.nextInt(10) == 0) {
        late++;
        sending.judge(parcel, Ending.retry("later"));
        sending.rest();
        if (underWay.isEmpty()) {
          int all = batches.stream().mapToInt(CleanBatch::spanCount).sum();
          assertEquals(all, delivered.size() + sending.lost() + sending.left());
        }
      } else if (spans.stream().anyMatch(bad::contains)) {
        sending.judge(parcel, REFUSED);
      } else {
        delivered.addAll(spans);
        sending.judge(parcel, ACCEPTED);
      }
    }
  }

  private static List<Integer> spans(Parcel parcel) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    parcel.message().forEach(s -> bytes.write(s.bytes(), s.offset(), s.length()));
    return Destination.spanIds(bytes.toByteArray()).stream()
        .map(id -> Integer.parseInt(id, 16))
        .toList();
  }

  /** Spans that are numbered from 1 on, in so many batches. */
  private static List<CleanBatch> batches(int spans, int count) {
    List<CleanBatch> batches = new ArrayList<>();
    int each = Math.max(1, spans / count);
    for (int first = 1; first <= spans; first += each) {
      batches.add(Given.batch(first, Math.min(each, spans - first + 1)));
    }
    return batches;
  }

  private static List<Integer> numbers(List<CleanBatch> batches, List<RefusedSpans> refused) {
    List<Integer> numbers = new ArrayList<>();
    for (RefusedSpans each : refused) {
      int first = 1;
      for (CleanBatch before : batches.subList(0, each.batch())) {
        first += before.spanCount();
      }
      IntStream.range(first + each.from(), first + each.to()).forEach(numbers::add);
    }
    return numbers;
  }

  private static List<Integer> others(int spans, Set<Integer> bad) {
    return IntStream.rangeClosed(1, spans).filter(n -> !bad.contains(n)).boxed().toList();
  }

  private static int log2(int n) {
    return 32 - Integer.numberOfLeadingZeros(n - 1);
  }
}
