package dev.tollspan.priceimport;

import java.time.LocalDate;
import java.util.Collection;

/**
 * From the last known change of a model's standard prices to the next announced one.
 *
 * @param from {@link LocalDate#MIN} if no change is known
 * @param to {@link LocalDate#MAX} if none is announced
 */
record Span(LocalDate from, LocalDate to) {
  static Span of(Collection<GenaiCatalogue.Model> models, LocalDate asOf) {
    LocalDate from = LocalDate.MIN;
    LocalDate to = LocalDate.MAX;
    for (GenaiCatalogue.Model model : models) {
      for (Rate rate : model.rates()) {
        LocalDate start = rate.validity().from();
        if (start.isAfter(asOf)) {
          to = start.isBefore(to) ? start : to;
        } else if (start.isAfter(from)) {
          from = start;
        }
      }
    }
    return new Span(from, to);
  }
}
