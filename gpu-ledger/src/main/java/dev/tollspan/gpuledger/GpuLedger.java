package dev.tollspan.gpuledger;

import java.util.List;

/**
 * The books of one replica: takes requests as they end, says at once what each will cost about, and
 * closes one window after the other with exact costs.
 *
 * <p>A window is closed once the watermark, the latest end seen less the allowed lateness, has
 * passed its end. An end that is later than the caller's now counts as now. Time that passes
 * without any request is told by {@link #advance}. A stretch of whole windows in which nothing ran
 * and which are closed at once becomes one record of up to a day. Records come in order and without
 * gaps, so the bills add up to what the replica costs from the moment the ledger was opened.
 *
 * <p>Of requests that arrive before their windows are closed, the order does not matter. Memory is
 * bounded by the intervals that end in open windows, and by {@code intervals_max}. Bad input is
 * counted and never throws.
 *
 * <p>Owned by one thread at a time: callers with many threads hold one lock for each ledger. The
 * sink is called by that thread, when the ledger's state is whole again.
 */
public final class GpuLedger {
  /** How much later than now a request may end, since clocks differ. */
  private static final long AHEAD_NANOS_MAX = 300_000_000_000L;

  /** 2116; beyond it sums would overflow. */
  private static final long INSTANT_MAX = 1L << 62;

  private final String replica;
  private final GpuRate rate;
  private final double picoPerNano;
  private final Sharing sharing;
  private final long windowNanos;
  private final long latenessNanos;
  private final long requestNanosMax;
  private final LedgerSink sink;
  private final OpenIntervals open;
  private final Load load = new Load();
  private final TokenRatio ratio = new TokenRatio();
  private final long[] counts = new long[Admission.values().length];
  private long closedUntilNanos;
  private long endNanosMax;
  private long seenUntilNanos;

  /**
   * Opens the books.
   *
   * @param openedNanos from when on the replica's time is billed; a request's time before that is
   *     late
   */
  public GpuLedger(
      String replica, GpuRate rate, GpuLedgerConfig config, long openedNanos, LedgerSink sink) {
    this.replica = replica;
    this.rate = rate;
    this.picoPerNano = rate.picoPerNano();
    this.sharing = config.sharing();
    this.windowNanos = config.window().toNanos();
    this.latenessNanos = config.allowedLateness().toNanos();
    this.requestNanosMax = config.requestMax().toNanos();
    this.sink = sink;
    this.open = new OpenIntervals(config.intervalsMax());
    this.closedUntilNanos = Math.clamp(openedNanos, 0, INSTANT_MAX);
    this.endNanosMax = closedUntilNanos;
    this.seenUntilNanos = closedUntilNanos;
  }

  /**
   * Takes a request into the books and writes its interval and its provisional cost back into it:
   * {@code rate x time / n}, where n is how many requests ran at once while it did, as far as is
   * known; if none is known, how many usually do. Allocates nothing, unless a window is closed or a
   * correction written.
   *
   * @param nowNanos what time it is
   */
  public Admission add(GpuRequest request, long nowNanos) {
    Admission admission = admit(request, nowNanos);
    counts[index(admission)]++;
    closeWindows();
    return admission;
  }

  /** Closes windows as if a request that ended at this instant had been seen. */
  public void advance(long nanos) {
    seenUntilNanos = Math.max(seenUntilNanos, Math.min(nanos, INSTANT_MAX));
    closeWindows();
  }

  /**
   * Closes everything up to this instant, be it in the middle of a window; the rest of that window
   * becomes a record of its own. For the end of the process, and for a change of price.
   */
  public void closeUntil(long nanos) {
    long until = Math.min(nanos, INSTANT_MAX);
    while (closedUntilNanos < until) {
      closeWindow(until);
    }
  }

  /** How many requests were admitted, or refused, like this. */
  public long count(Admission admission) {
    return counts[index(admission)];
  }

  /** How many intervals wait for their windows to close. */
  public int openIntervals() {
    return open.count();
  }

  /** Up to when the books are closed. */
  public long closedUntilNanos() {
    return closedUntilNanos;
  }

  /** The latest end of a request; what {@link #closeUntil} needs to leave nothing open. */
  public long endNanosMax() {
    return endNanosMax;
  }

  private Admission admit(GpuRequest request, long nowNanos) {
    long ahead = Math.clamp(nowNanos, 0, INSTANT_MAX - AHEAD_NANOS_MAX) + AHEAD_NANOS_MAX;
    Admission admission = request.resolve(requestNanosMax, ahead);
    if (admission != Admission.KEPT) {
      return admission;
    }
    int place = open.find(request);
    if (place >= 0) {
      request.provisionalPico = open.provisionalPico(place);
      return Admission.DUPLICATE;
    }
    request.provisionalPico = provisionalPico(request);
    load.add(request.startNanos, request.endNanos);
    endNanosMax = Math.max(endNanosMax, request.endNanos);
    seenUntilNanos = Math.max(seenUntilNanos, Math.min(request.endNanos, nowNanos));
    if (request.endNanos > closedUntilNanos) {
      if (open.isFull()) {
        sink.missed(new Correction(replica, Interval.of(request), request.endNanos));
        return Admission.FULL;
      }
      open.insert(-1 - place, request);
    }
    if (request.startNanos < closedUntilNanos) {
      sink.missed(new Correction(replica, Interval.of(request), closedUntilNanos));
      return Admission.LATE;
    }
    return Admission.KEPT;
  }

  private long provisionalPico(GpuRequest request) {
    double nanos = request.endNanos - request.startNanos;
    double neighbours = open.neighbourNanos(request.startNanos, request.endNanos);
    double concurrency = neighbours > 0 ? 1 + neighbours / nanos : load.concurrency();
    return Math.round(picoPerNano * nanos / concurrency);
  }

  private void closeWindows() {
    long until = windowStart(Math.max(0, seenUntilNanos - latenessNanos));
    while (closedUntilNanos < until) {
      closeWindow(until);
    }
  }

  /** Closes the next window, or the part of it that lies before an instant. */
  private void closeWindow(long untilNanos) {
    long start = closedUntilNanos;
    long end = Math.min(untilNanos, windowStart(start) + windowNanos);
    List<Interval> intervals = open.within(start, end);
    if (intervals.isEmpty()) {
      end = idleEnd(end, untilNanos);
    }
    for (Interval interval : intervals) {
      if (interval.endNanos() <= end) {
        ratio.add(interval);
      }
    }
    Window window = new Window(replica, rate, ratio.applyTo(sharing), start, end);
    open.dropUntil(end);
    closedUntilNanos = end;
    sink.closed(window.split(intervals));
  }

  /** How far an idle stretch goes on after its first window, in whole windows. */
  private long idleEnd(long firstEndNanos, long untilNanos) {
    long next = Math.min(untilNanos, open.firstStartNanos());
    long dayEnd = closedUntilNanos + Window.NANOS_MAX;
    return Math.max(firstEndNanos, windowStart(Math.min(next, dayEnd)));
  }

  private long windowStart(long nanos) {
    return nanos - nanos % windowNanos;
  }

  @SuppressWarnings("EnumOrdinal") // a row of counters; never stored, never shown
  private static int index(Admission admission) {
    return admission.ordinal();
  }
}
