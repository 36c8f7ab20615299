package dev.tollspan.priceimport;

import java.time.LocalDate;

/**
 * From when (inclusive) until when (exclusive) a price holds, each at 00:00 UTC.
 *
 * @param from {@link LocalDate#MIN} if it is open
 * @param to {@link LocalDate#MAX} if it is open
 */
public record Validity(LocalDate from, LocalDate to) {
  /** At any time, as far as the catalogue knows. */
  public static final Validity OPEN = new Validity(LocalDate.MIN, LocalDate.MAX);

  /** The same, but within other bounds. */
  Validity within(LocalDate earliest, LocalDate latest) {
    return new Validity(
        from.isBefore(earliest) ? earliest : from, to.isAfter(latest) ? latest : to);
  }

  boolean isEmpty() {
    return !from.isBefore(to);
  }

  boolean contains(LocalDate day) {
    return !day.isBefore(from) && day.isBefore(to);
  }

  String fromText() {
    return from.equals(LocalDate.MIN) ? "" : from.toString();
  }

  String toText() {
    return to.equals(LocalDate.MAX) ? "" : to.toString();
  }
}
