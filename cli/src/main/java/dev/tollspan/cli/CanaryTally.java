package dev.tollspan.cli;

import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Sender.Answer;
import dev.tollspan.cli.CanaryFile.End;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What became of the spans of a rehearsal: as the answers say, and as the pipeline says of itself
 * in its last line. One thread.
 */
final class CanaryTally {
  private static final Pattern STOPPED =
      Pattern.compile(
          "tollspan stopped: (\\d+) spans received, (\\d+) accepted, rejected \\{(.*?)}(.*)");
  private static final Pattern EXPORTER =
      Pattern.compile("; (\\S+): delivered (\\d+), dropped \\{(.*?)}");
  private static final Pattern FIGURE = Pattern.compile("=(\\d+)");

  /** Spans of one kind of place; those of refused requests were in no request that was taken. */
  record Count(long accepted, long rejected, long refused) {
    Count plus(Count other) {
      return new Count(
          accepted + other.accepted, rejected + other.rejected, refused + other.refused);
    }
  }

  private static final Count NONE = new Count(0, 0, 0);

  private final Map<String, Count> byKind = new TreeMap<>();
  private final Map<String, Count> byTransport = new TreeMap<>();
  private final Map<String, Long> acceptedByReceiver = new HashMap<>();
  private final List<String> odd = new ArrayList<>();
  private long sent;

  /** What was answered to so many spans, sent as this mark is. */
  void count(String receiver, Mark mark, int spans, Answer answer) {
    sent += spans;
    Count count =
        answer.ok()
            ? new Count(spans - answer.rejectedSpans(), answer.rejectedSpans(), 0)
            : new Count(0, 0, spans);
    byKind.merge(mark.kind(), count, Count::plus);
    byTransport.merge(mark.transport().label(), count, Count::plus);
    acceptedByReceiver.merge(receiver, count.accepted(), Long::sum);
  }

  Count ofKind(String kind) {
    return byKind.getOrDefault(kind, NONE);
  }

  /** Spans in requests that were made to be refused. */
  long refusedAround() {
    return byKind.entrySet().stream()
        .filter(kind -> kind.getKey().startsWith("around: "))
        .mapToLong(kind -> kind.getValue().refused)
        .sum();
  }

  Count ofTransport(String label) {
    return byTransport.getOrDefault(label, NONE);
  }

  Count all() {
    return byKind.values().stream().reduce(NONE, Count::plus);
  }

  long sent() {
    return sent;
  }

  /**
   * Compares the answers with what the pipeline counted, and that with what went out: each exporter
   * owes what was accepted by the receivers that feed it.
   */
  void readLastLine(String log, List<End> ends) {
    Matcher line = STOPPED.matcher(log);
    if (!line.find()) {
      odd.add("the pipeline did not say what it counted");
      return;
    }
    Count all = all();
    compare("accepted by the pipeline", all.accepted(), Long.parseLong(line.group(2)));
    compare("rejected by the pipeline", all.rejected(), sum(line.group(3)));
    Map<String, MatchResult> told = new HashMap<>();
    EXPORTER.matcher(line.group(4)).results().forEach(result -> told.put(result.group(1), result));
    for (End end : ends) {
      MatchResult exporter = told.get(end.id());
      if (exporter == null) {
        odd.add("the pipeline did not say what it delivered by " + end.id());
        continue;
      }
      long owed = end.receivers().stream().mapToLong(this::acceptedBy).sum();
      compare("delivered by " + end.id(), owed, Long.parseLong(exporter.group(2)));
      compare("dropped by " + end.id(), 0, sum(exporter.group(3)));
    }
  }

  private long acceptedBy(String receiver) {
    return acceptedByReceiver.getOrDefault(receiver, 0L);
  }

  /** Where the books do not balance, a line each. */
  List<String> odd() {
    return List.copyOf(odd);
  }

  private void compare(String what, long expected, long counted) {
    if (expected != counted) {
      odd.add("%s: %d spans instead of %d".formatted(what, counted, expected));
    }
  }

  private static long sum(String figures) {
    return FIGURE.matcher(figures).results().mapToLong(f -> Long.parseLong(f.group(1))).sum();
  }
}
