package dev.tollspan.gpuledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A replica with its ledger, and everything that the ledger wrote. */
final class Books implements LedgerSink {
  static final long SECOND = 1_000_000_000L;

  /** Two GPUs at 4.50 USD an hour: 0.0025 USD a second. */
  static final GpuRate RATE = rate("2", "4.50");

  final List<WindowRecord> windows = new ArrayList<>();
  final List<Correction> corrections = new ArrayList<>();
  final GpuRequest request = new GpuRequest();
  final GpuLedger ledger;
  private final long openedNanos;

  Books(GpuRate rate, GpuLedgerConfig config, long openedNanos) {
    this.openedNanos = openedNanos;
    this.ledger = new GpuLedger("replica", rate, config, openedNanos, this);
  }

  /** Windows of a minute, so much lateness, opened in 1970. */
  static Books withLateness(int seconds) {
    return new Books(RATE, config(seconds, 1 << 16, Sharing.busyIntervals()), 0);
  }

  static GpuLedgerConfig config(int latenessSeconds, int intervalsMax, Sharing sharing) {
    return new GpuLedgerConfig(
        Duration.ofMinutes(1),
        Duration.ofSeconds(latenessSeconds),
        Duration.ofHours(1),
        intervalsMax,
        sharing);
  }

  static GpuRate rate(String count, String price) {
    return new GpuRate(new BigDecimal(count), new BigDecimal(price));
  }

  static Interval interval(long id, double from, double to) {
    return interval(id, from, from, to);
  }

  static Interval interval(long id, double from, double turn, double to) {
    return new Interval(7, 7, id, at(from), at(turn), at(to), 0, 0, 0, false);
  }

  static long at(double seconds) {
    return Math.round(seconds * SECOND);
  }

  /** A request that left its queue at {@code from} and was done at {@code to}, in seconds. */
  Admission add(long id, double from, double to) {
    return add(id, from, to, to);
  }

  Admission add(long id, double from, double to, double now) {
    request.clear().id(7, 7, id).span(at(from), at(to));
    request.queueNanos(0).inferenceNanos(at(to) - at(from));
    return ledger.add(request, at(now));
  }

  @Override
  public void closed(WindowRecord window) {
    balance(window);
    assertEquals(
        windows.isEmpty() ? openedNanos : windows.getLast().window().endNanos(),
        window.window().startNanos());
    windows.add(window);
  }

  @Override
  public void missed(Correction correction) {
    corrections.add(correction);
  }

  /** The identity: parts plus idle are the bill, in money and in time. */
  static void balance(WindowRecord record) {
    long pico = record.idlePico();
    long nanos = record.window().nanos() - record.busyNanos();
    for (Part part : record.parts()) {
      pico += part.costPico();
      nanos += part.gpuNanos();
    }
    assertEquals(record.window().billPico(), pico);
    assertEquals(record.window().nanos(), nanos);
  }

  static long pico(WindowRecord record, long id) {
    long pico = 0;
    for (Part part : record.parts()) {
      if (part.interval().spanId() == id) {
        pico += part.costPico();
      }
    }
    return pico;
  }

  static String usd(long pico) {
    return BigDecimal.valueOf(pico, 12).stripTrailingZeros().toPlainString();
  }
}
