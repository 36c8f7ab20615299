package dev.tollspan.pipelineconfig;

import dev.tollspan.journal.JournalStatus;
import dev.tollspan.pipeline.Ledger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes how the pipeline is as JSON. Names and reasons in it are words of ours or of the
 * configuration; of telemetry there is nothing but numbers.
 */
final class HealthReport {
  private final Ledger ledger;
  private final LongSupplier inFlightBytes;
  private final LongSupplier nanoTicker;
  private final long startNanos;
  private final ConcurrentMap<String, Watched> watched = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, List<Figure>> figures = new ConcurrentSkipListMap<>();
  private final ConcurrentMap<String, Shown> pipelines = new ConcurrentSkipListMap<>();
  private volatile String durability = "memory"; // set once, as the next, before it runs
  private volatile Supplier<Map<String, JournalStatus>> journals = Map::of;
  private volatile Phase phase = Phase.STARTING; // set by the threads that start and close

  /** Where the pipeline is in its life. */
  enum Phase {
    STARTING,
    RUNNING,
    STOPPING
  }

  /**
   * What an exporter tells of itself, beside its account.
   *
   * @param trouble as {@link Destination#trouble}
   * @param pendingBytes what the spans take in the journal that it has not settled
   * @param figures what else it counts
   */
  record Watched(
      Supplier<Destination.@Nullable Trouble> trouble,
      LongSupplier pendingBytes,
      List<Figure> figures) {}

  /** What is shown of a pipeline, beside its books: what its gate keeps, and where spans go. */
  record Shown(String profile, boolean keepsContent, List<String> exporters) {}

  /** A number that a room counts, and its name in the report. */
  record Figure(String name, LongSupplier now) {}

  /**
   * A report whose uptime starts now.
   *
   * @param inFlightBytes what requests under way hold; 0 at a quiet moment
   */
  HealthReport(Ledger ledger, LongSupplier inFlightBytes, LongSupplier nanoTicker) {
    this.ledger = ledger;
    this.inFlightBytes = inFlightBytes;
    this.nanoTicker = nanoTicker;
    this.startNanos = nanoTicker.getAsLong();
  }

  void phase(Phase now) {
    phase = now;
  }

  /** Shows this pipeline, too. */
  void pipeline(String id, Shown pipeline) {
    pipelines.put(id, pipeline);
  }

  /** Shows what stands behind an acknowledgement, and how the journal of each pipeline is. */
  void journals(String promised, Supplier<Map<String, JournalStatus>> now) {
    durability = promised;
    journals = now;
  }

  /** Shows how this exporter is, too. */
  void watch(String id, Watched exporter) {
    watched.put(id, exporter);
  }

  /** Shows what this room counts, too. */
  void show(String room, List<Figure> counted) {
    figures.put(room, List.copyOf(counted));
  }

  boolean running() {
    return phase == Phase.RUNNING;
  }

  /**
   * One object. {@code balance} is {@code unchecked} while a request is under way; if it is {@code
   * broken}, {@code unbalanced} names the equation that does not hold.
   */
  String json() {
    StringBuilder json = new StringBuilder("{");
    text(json, "status", phase.name().toLowerCase(Locale.ROOT));
    number(json, "uptime_seconds", (nanoTicker.getAsLong() - startNanos) / 1_000_000_000L);
    Map<String, JournalStatus> states = journals.get();
    text(json, "durability", durability);
    if (durability.equals("memory")) {
      text(
          json,
          "durability_note",
          "there is no journal on disk: a kill of the process loses what is pending, and, although"
              + " it counts as delivered, what stands in a Parquet file that is not finished");
    }
    number(json, "in_flight_bytes", inFlightBytes.getAsLong());
    number(json, "received", ledger.received());
    numbers(json, "rejected", ledger.rejectedByReason());
    number(json, "accepted", ledger.accepted());
    number(json, "odd", ledger.odd());
    number(json, "refused_requests", ledger.refusedRequests());
    numbers(json, "refused_requests_by_reason", ledger.refusedRequestsByReason());
    figures.forEach(
        (room, counted) -> {
          key(json, room).append('{');
          numbers(json, counted);
          json.append('}');
        });
    key(json, "pipelines").append('{');
    Map<String, Ledger.Account> accounts = ledger.accounts();
    pipelines.forEach((id, pipeline) -> pipeline(json, id, pipeline, accounts, states.get(id)));
    json.append('}');
    balance(json);
    return json.append("}\n").toString();
  }

  /** The same books as metrics. */
  String metrics() {
    return Exposition.of(ledger, journals.get(), new TreeMap<>(watched));
  }

  /** Read twice between two quiet looks: a hand-over in between makes the figures differ. */
  private void balance(StringBuilder json) {
    boolean quiet = inFlightBytes.getAsLong() == 0;
    String first = ledger.unbalanced();
    quiet &= first.equals(ledger.unbalanced()) && inFlightBytes.getAsLong() == 0;
    if (!quiet) {
      text(json, "balance", "unchecked");
    } else if (first.isEmpty()) {
      text(json, "balance", "ok");
    } else {
      text(json, "balance", "broken");
      text(json, "unbalanced", first);
    }
  }

  private void pipeline(
      StringBuilder json,
      String id,
      Shown pipeline,
      Map<String, Ledger.Account> accounts,
      @Nullable JournalStatus journal) {
    key(json, id).append('{');
    text(json, "profile", pipeline.profile());
    if (pipeline.keepsContent()) {
      text(json, "warning", "content_is_kept");
    }
    Map<String, Ledger.Account> own = new TreeMap<>(accounts);
    own.keySet().retainAll(pipeline.exporters());
    long accepted = own.values().stream().mapToLong(Ledger.Account::accepted).findFirst().orElse(0);
    number(json, "accepted", accepted);
    if (journal != null) {
      key(json, "journal").append('{');
      String limit = journal.full() ? "full" : "ok";
      text(json, "state", journal.failing() == null ? limit : journal.failing());
      number(json, "bytes", journal.bytes());
      number(json, "max_bytes", journal.maxBytes());
      number(json, "segments", journal.segments());
      json.append('}');
    }
    key(json, "exporters").append('{');
    own.forEach((exporter, account) -> exporter(json, exporter, account));
    json.append("}}");
  }

  private void exporter(StringBuilder json, String id, Ledger.Account account) {
    key(json, id).append('{');
    Watched exporter = watched.get(id);
    if (exporter != null) {
      Destination.Trouble trouble = exporter.trouble().get();
      if (trouble == null) {
        text(json, "state", "ok");
      } else {
        String state = trouble.state().name().toLowerCase(Locale.ROOT);
        text(json, "state", state);
        number(json, state + "_seconds", trouble.seconds());
        text(json, "reason", trouble.reason());
      }
    }
    Ledger.Standing now = account.standing();
    number(json, "delivered", now.delivered());
    number(json, "pending", now.pending());
    if (exporter != null) {
      number(json, "pending_bytes", exporter.pendingBytes().getAsLong());
    }
    numbers(json, "dropped", new TreeMap<>(now.dropped()));
    if (exporter != null) {
      numbers(json, exporter.figures());
    }
    json.append('}');
  }

  private static void text(StringBuilder json, String key, String text) {
    key(json, key).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else {
        json.append(c < ' ' ? '?' : c);
      }
    }
    json.append('"');
  }

  private static void number(StringBuilder json, String key, long number) {
    key(json, key).append(number);
  }

  private static void numbers(StringBuilder json, List<Figure> counted) {
    counted.forEach(figure -> number(json, figure.name(), figure.now().getAsLong()));
  }

  private static void numbers(StringBuilder json, String key, Map<String, Long> numbers) {
    key(json, key).append('{');
    numbers.forEach((reason, number) -> number(json, reason, number));
    json.append('}');
  }

  private static StringBuilder key(StringBuilder json, String key) {
    if (json.charAt(json.length() - 1) != '{') {
      json.append(',');
    }
    return json.append('"').append(key).append("\":");
  }
}
