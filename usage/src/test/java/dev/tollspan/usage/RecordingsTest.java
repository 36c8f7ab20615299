package dev.tollspan.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.prices.Count;
import dev.tollspan.prices.Fact;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordingsTest {
  private final UsageReader reader = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
  private final Usage usage = new Usage();

  static List<String> names() {
    return Recordings.names();
  }

  @Test
  void coversEveryRecording() {
    assertEquals(20, names().size());
  }

  @ParameterizedTest
  @MethodSource("names")
  void readsWhatTheVendorsServed(String recording) {
    Map<String, String[]> expected = Recordings.expected(recording);
    List<String> wrong = new ArrayList<>();
    for (SpanBatch batch : Recordings.batches(recording)) {
      SpanView span = batch.view();
      for (int i = 0; i < span.spanCount(); i++) {
        check(span.moveTo(i), expected.remove(id(span)), wrong);
      }
      batch.release();
    }
    assertEquals(List.of(), wrong);
    assertTrue(expected.isEmpty(), () -> "not in the recording: " + expected.keySet());
  }

  private static String id(SpanView span) {
    int from = span.spanIdOffset();
    return HexFormat.of().formatHex(span.bytes(), from, from + 8);
  }

  private void check(SpanView span, String[] row, List<String> wrong) {
    Reading reading = reader.read(span, usage);
    String what = id(span) + " " + reading.dialectName() + " ";
    boolean call = row != null && row[3].equals("call");
    if (call != (reading.spanClass() == SpanClass.CALL)) {
      wrong.add(what + "is " + reading.spanClass() + " for " + reading.classReason());
    }
    if (!call) {
      return;
    }
    if (reading.isInvalid()) {
      wrong.add(what + "is invalid");
    }
    counts(what, row, wrong);
    boolean output = row[13].equals("y") || reading.operation() == Operation.EMBEDDINGS;
    boolean known = (row[12].equals("y") && output) || isSpread(row);
    boolean admitted = !reading.isCounted() || reading.isAllZero() || usage.isApproximate();
    if (!known && !row[4].isEmpty() && !admitted) {
      wrong.add(what + "tells what cannot be known");
    }
    if (!row[18].isEmpty() && reading.isCounted() && modelLength() == 0 && !isVllm(row)) {
      wrong.add(what + "has no model");
    }
  }

  private static boolean isVllm(String[] row) {
    return row[0].equals("vllm");
  }

  /** Whether the request is spread over several spans: n > 1, or several prompts. */
  private static boolean isSpread(String[] row) {
    return isVllm(row) && (row[4].equals("6") || row[4].equals("7"));
  }

  private int modelLength() {
    return usage.textLength(Fact.RESPONSE_MODEL) + usage.textLength(Fact.REQUEST_MODEL);
  }

  private void counts(String what, String[] row, List<String> wrong) {
    compare(what, Count.IN_TOTAL, row[6], row[12], wrong);
    if (!isSpread(row)) {
      compare(what, Count.OUT_TOTAL, row[7], row[13], wrong);
    }
    compare(what, Count.CACHE_READ, row[8], row[14], wrong);
    compare(what, Count.CACHE_WRITE, row[9], row[15], wrong);
    compare(what, Count.CACHE_WRITE_1H, row[10], row[16], wrong);
    compare(what, Count.REASONING, row[11], row[17], wrong);
  }

  private void compare(String what, Count count, String truth, String known, List<String> wrong) {
    boolean given = known.equals("y") && (usage.count(count) >= 0 || !truth.equals("0"));
    if (given && usage.count(count) != Long.parseLong(truth)) {
      wrong.add(what + count + " is " + usage.count(count) + ", truly " + truth);
    }
  }
}
