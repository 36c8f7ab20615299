package dev.tollspan.priceimport;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rates that replace one another by band, hour and day. */
final class Groups {
  private Groups() {}

  static Map<Rate.Group, List<Rate>> of(List<Rate> rates) {
    Map<Rate.Group, List<Rate>> groups = new LinkedHashMap<>();
    for (Rate rate : rates) {
      groups.computeIfAbsent(rate.group(), _ -> new ArrayList<>()).add(rate);
    }
    return groups;
  }

  static String words(Rate.Group group) {
    return group.tier() + " " + group.tokenClass().word();
  }

  /**
   * The rates of one group with their bands' names, in the order of their thresholds: base and long
   * for one threshold, band1 and so on for several.
   */
  static List<Rate> banded(List<Rate> rates) {
    if (rates.size() == 1) {
      return rates;
    }
    List<Rate> sorted = new ArrayList<>(rates);
    sorted.sort(Comparator.comparingLong(rate -> rate.band().threshold()));
    for (int i = 0; i < sorted.size(); i++) {
      Rate rate = sorted.get(i);
      Band band = rate.band();
      if (sorted.size() > 2) {
        sorted.set(i, rate.withBand(Band.of(i + 1, band.threshold(), band.inclusive())));
      } else if (!band.hasThreshold()) {
        sorted.set(i, rate.withBand(Band.BASE));
      }
    }
    return sorted;
  }

  /** The rates, but those that follow one another at the same price as one. */
  static List<Rate> joined(List<Rate> rates) {
    List<Rate> joined = new ArrayList<>();
    for (Rate rate : rates) {
      int last = -1;
      for (int i = 0; i < joined.size(); i++) {
        Rate known = joined.get(i);
        Validity same = known.validity();
        if (same.to().equals(rate.validity().from()) && known.equals(rate.withValidity(same))) {
          last = i;
        }
      }
      if (last < 0) {
        joined.add(rate);
      } else {
        LocalDate from = joined.get(last).validity().from();
        joined.set(last, rate.withValidity(new Validity(from, rate.validity().to())));
      }
    }
    return List.copyOf(joined);
  }

  /** Where writes have two times to live, the default one is 5 minutes. */
  static void addFiveMinutes(List<Rate> rates) {
    if (rates.stream().noneMatch(rate -> rate.tokenClass() == TokenClass.CACHE_WRITE_1H)) {
      return;
    }
    for (Rate rate : List.copyOf(rates)) {
      if (rate.tokenClass() == TokenClass.CACHE_WRITE) {
        rates.add(rate.withClass(TokenClass.CACHE_WRITE_5M));
      }
    }
  }
}
