package dev.tollspan.gpuledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The books of one window: {@code sum of the parts + idlePico = billPico}, to the last pico-dollar.
 *
 * @param window which window
 * @param revision 0 as the ledger closed it, one more with each correction
 * @param parts what each request bears, by span id
 * @param idlePico what the time costs in which nothing ran
 * @param busyNanos how long something ran
 */
public record WindowRecord(
    Window window, int revision, List<Part> parts, long idlePico, long busyNanos) {
  /** Takes a copy of the parts. */
  public WindowRecord {
    parts = List.copyOf(parts);
  }

  /** What all parts cost together, in pico-USD. */
  public long busyPico() {
    return window.billPico() - idlePico;
  }

  /** The part of the time in which something ran, 0 to 1. */
  public double utilisation() {
    return (double) busyNanos / window.nanos();
  }

  /**
   * k: by what provisional costs of this window must be multiplied, on the whole, to be right; 1 if
   * there were none.
   */
  public double factor() {
    double provisional = 0;
    for (Part part : parts) {
      provisional += part.provisionalPico();
    }
    return provisional == 0 ? 1 : busyPico() / provisional;
  }

  /**
   * The same bill, split again with the requests that were missing. The difference between the
   * parts of both records is what to book; it adds up to zero. Corrections of other replicas and
   * other windows, and of requests that are in the record already, do not count.
   */
  public WindowRecord corrected(Collection<Correction> corrections) {
    List<Interval> intervals = new ArrayList<>();
    for (Part part : parts) {
      intervals.add(part.interval());
    }
    for (Correction correction : corrections) {
      if (correction.replica().equals(window.replica())
          && window.startNanos() < correction.untilNanos()) {
        intervals.add(correction.interval());
      }
    }
    WindowRecord again = window.split(intervals);
    return new WindowRecord(window, revision + 1, again.parts, again.idlePico, again.busyNanos);
  }
}
