package dev.tollspan.priceimport;

import java.util.Comparator;

/**
 * One line of a book.
 *
 * @param provider the book's provider id
 * @param model in lower case
 * @param source the catalogue that says so
 * @param checkedAt the day on which it said so, {@code YYYY-MM-DD}
 */
public record PriceRow(String provider, String model, Rate rate, String source, String checkedAt) {
  /** The order of a book. */
  public static final Comparator<PriceRow> ORDER =
      Comparator.comparing(PriceRow::provider)
          .thenComparing(PriceRow::model)
          .thenComparing(row -> row.rate().region())
          .thenComparing(row -> row.rate().tier().equals(Rate.STANDARD) ? "" : row.rate().tier())
          .thenComparing(row -> row.rate().validity().from())
          .thenComparing(row -> row.rate().hours().weekdays())
          .thenComparing(row -> row.rate().hours().window())
          .thenComparingLong(row -> row.rate().band().threshold())
          .thenComparing(row -> row.rate().tokenClass());
}
