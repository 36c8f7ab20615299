package dev.tollspan.pipelineconfig;

import dev.tollspan.journal.JournalStatus;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipelineconfig.HealthReport.Watched;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Writes the books and the journals as metrics, in the text format 0.0.4 of Prometheus. Labels are
 * ids of the configuration and reasons of ours; of telemetry there is nothing but numbers.
 */
final class Exposition {
  private final StringBuilder text = new StringBuilder();

  private Exposition() {}

  /**
   * All of it, at one moment as far as that goes.
   *
   * @param journals by pipeline
   * @param watched by exporter
   */
  static String of(
      Ledger ledger, Map<String, JournalStatus> journals, Map<String, Watched> watched) {
    Exposition metrics = new Exposition();
    metrics.total("tollspan_received_spans_total", "Spans in requests that could be decoded.");
    metrics.sample("tollspan_received_spans_total", "", ledger.received());
    metrics.total("tollspan_rejected_spans_total", "Spans that were not taken.");
    metrics.samples("tollspan_rejected_spans_total", "", ledger.rejectedByReason());
    metrics.total("tollspan_accepted_spans_total", "Spans that were acknowledged.");
    metrics.sample("tollspan_accepted_spans_total", "", ledger.accepted());
    metrics.total("tollspan_refused_requests_total", "Requests that were not decoded.");
    metrics.samples("tollspan_refused_requests_total", "", ledger.refusedRequestsByReason());
    metrics.exporters(ledger);
    metrics.destinations(watched);
    metrics.journals(journals);
    return metrics.text.toString();
  }

  private void exporters(Ledger ledger) {
    Map<String, Long> accepted = new LinkedHashMap<>();
    Map<String, Ledger.Standing> standings = new LinkedHashMap<>();
    ledger
        .accounts()
        .forEach(
            (id, account) -> {
              accepted.put(id, account.accepted());
              standings.put(id, account.standing());
            });
    total("tollspan_exporter_accepted_spans_total", "Spans that an exporter was given to deliver.");
    accepted.forEach((id, n) -> sample("tollspan_exporter_accepted_spans_total", exporter(id), n));
    total("tollspan_delivered_spans_total", "Spans that are at their destination.");
    standings.forEach(
        (id, now) -> sample("tollspan_delivered_spans_total", exporter(id), now.delivered()));
    gauge("tollspan_pending_spans", "Spans that stand in the journal and are to be delivered.");
    standings.forEach((id, now) -> sample("tollspan_pending_spans", exporter(id), now.pending()));
    total(
        "tollspan_dropped_spans_total",
        "Spans that an exporter will not deliver; those of the reason dead_letter are kept.");
    standings.forEach(
        (id, now) -> samples("tollspan_dropped_spans_total", exporter(id) + ",", now.dropped()));
  }

  private void destinations(Map<String, Watched> watched) {
    gauge("tollspan_exporter_failing", "1 while a destination is in this state.");
    watched.forEach(
        (id, exporter) -> {
          Destination.Trouble now = exporter.trouble().get();
          for (Destination.State state : Destination.State.values()) {
            String labels =
                exporter(id) + "," + label("state", state.name().toLowerCase(Locale.ROOT));
            sample(
                "tollspan_exporter_failing", labels, now != null && now.state() == state ? 1 : 0);
          }
        });
    figures("dead_letters", "Files of spans that a destination refused.", watched);
    figures("dead_letter_spans", "Spans in these files.", watched);
  }

  /** Of those that count it. */
  private void figures(String name, String help, Map<String, Watched> watched) {
    gauge("tollspan_" + name, help);
    watched.forEach(
        (id, exporter) -> {
          for (HealthReport.Figure figure : exporter.figures()) {
            if (figure.name().equals(name)) {
              sample("tollspan_" + name, exporter(id), figure.now().getAsLong());
            }
          }
        });
  }

  private void journals(Map<String, JournalStatus> journals) {
    gauge("tollspan_journal_bytes", "What a journal takes on the disk or in the heap.");
    each("tollspan_journal_bytes", journals, JournalStatus::bytes);
    gauge("tollspan_journal_max_bytes", "What it may take.");
    each("tollspan_journal_max_bytes", journals, JournalStatus::maxBytes);
    gauge("tollspan_journal_full", "1 while it turns senders away because of that.");
    each("tollspan_journal_full", journals, now -> now.full() ? 1 : 0);
    gauge("tollspan_journal_failing", "1 while the disk of a journal is full or fails.");
    each("tollspan_journal_failing", journals, now -> now.failing() == null ? 0 : 1);
  }

  private void each(
      String name, Map<String, JournalStatus> journals, ToLongFunction<JournalStatus> figure) {
    journals.forEach((id, now) -> sample(name, label("pipeline", id), figure.applyAsLong(now)));
  }

  private void total(String name, String help) {
    head(name, help, "counter");
  }

  private void gauge(String name, String help) {
    head(name, help, "gauge");
  }

  private void head(String name, String help, String type) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void samples(String name, String labels, Map<String, Long> byReason) {
    byReason.forEach((reason, count) -> sample(name, labels + label("reason", reason), count));
  }

  private void sample(String name, String labels, long value) {
    text.append(name);
    if (!labels.isEmpty()) {
      text.append('{').append(labels).append('}');
    }
    text.append(' ').append(value).append('\n');
  }

  private static String exporter(String id) {
    return label("exporter", id);
  }

  private static String label(String name, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return name + "=\"" + escaped + '"';
  }
}
