package dev.tollspan.pipelineconfig;

import dev.tollspan.pipeline.Ledger;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Writes how the pipeline is as JSON. Names and reasons in it are words of ours or of the
 * configuration, which need no escapes; of telemetry there is nothing but numbers.
 */
final class HealthReport {
  private final Ledger ledger;
  private final String profile;
  private final LongSupplier inFlightBytes;
  private final LongSupplier nanoTicker;
  private final long startNanos;
  private volatile Phase phase = Phase.STARTING; // set by the threads that start and close

  /** Where the pipeline is in its life. */
  enum Phase {
    STARTING,
    RUNNING,
    STOPPING
  }

  /**
   * A report whose uptime starts now.
   *
   * @param inFlightBytes what requests under way hold; 0 at a quiet moment
   */
  HealthReport(Ledger ledger, String profile, LongSupplier inFlightBytes, LongSupplier nanoTicker) {
    this.ledger = ledger;
    this.profile = profile;
    this.inFlightBytes = inFlightBytes;
    this.nanoTicker = nanoTicker;
    this.startNanos = nanoTicker.getAsLong();
  }

  void phase(Phase now) {
    phase = now;
  }

  boolean running() {
    return phase == Phase.RUNNING;
  }

  /** One object; {@code unbalanced} is empty unless the books are wrong at a quiet moment. */
  String json() {
    StringBuilder json = new StringBuilder("{");
    text(json, "status", phase.name().toLowerCase(Locale.ROOT));
    number(json, "uptime_seconds", (nanoTicker.getAsLong() - startNanos) / 1_000_000_000L);
    text(json, "profile", profile);
    text(json, "durability", "memory");
    text(
        json,
        "durability_note",
        "this version has no journal: what is pending is lost when the process dies");
    number(json, "in_flight_bytes", inFlightBytes.getAsLong());
    number(json, "received", ledger.received());
    numbers(json, "rejected", ledger.rejectedByReason());
    number(json, "accepted", ledger.accepted());
    number(json, "odd", ledger.odd());
    number(json, "refused_requests", ledger.refusedRequests());
    key(json, "exporters").append('{');
    ledger.accounts().forEach((id, account) -> exporter(json, id, account));
    json.append('}');
    text(json, "unbalanced", unbalanced());
    return json.append("}\n").toString();
  }

  /** Read twice between two quiet looks: a hand-over in between makes the figures differ. */
  private String unbalanced() {
    if (inFlightBytes.getAsLong() != 0) {
      return "";
    }
    String first = ledger.unbalanced();
    boolean same = first.equals(ledger.unbalanced()) && inFlightBytes.getAsLong() == 0;
    return same ? first : "";
  }

  private static void exporter(StringBuilder json, String id, Ledger.Account account) {
    key(json, id).append('{');
    number(json, "delivered", account.delivered());
    number(json, "pending", account.pending());
    numbers(json, "dropped", account.droppedByReason());
    json.append('}');
  }

  private static void text(StringBuilder json, String key, String text) {
    key(json, key).append('"').append(text).append('"');
  }

  private static void number(StringBuilder json, String key, long number) {
    key(json, key).append(number);
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
