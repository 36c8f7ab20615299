package dev.tollspan.priceimport;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

  /** Drops all but the first of rates that would hold at once. */
  static void dropDoubles(List<Rate> rates, Lints lints, String path) {
    Set<List<Object>> known = new HashSet<>();
    for (Rate rate : List.copyOf(rates)) {
      long threshold = rate.band().threshold();
      if (!known.add(List.of(rate.group(), threshold, rate.hours(), rate.validity()))) {
        lints.add(Defect.TWO_PRICES, path + "/" + words(rate.group()), rate.price());
        rates.remove(rates.lastIndexOf(rate));
      }
    }
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

  /** Drops prices of cache writes below that of the input that is written. */
  static void dropCheapWrites(List<Rate> rates, Lints lints, String path) {
    for (Map.Entry<Rate.Group, List<Rate>> group : of(rates).entrySet()) {
      TokenClass tokenClass = group.getKey().tokenClass();
      boolean write =
          tokenClass == TokenClass.CACHE_WRITE || tokenClass == TokenClass.CACHE_WRITE_1H;
      Optional<BigDecimal> input =
          rates.stream()
              .filter(rate -> rate.group().equals(group.getKey().of(TokenClass.INPUT)))
              .map(Rate::price)
              .min(Comparator.naturalOrder());
      BigDecimal cheapest =
          group.getValue().stream().map(Rate::price).min(Comparator.naturalOrder()).orElseThrow();
      if (write && input.isPresent() && cheapest.compareTo(input.get()) < 0) {
        String detail = cheapest.toPlainString() + " below " + input.get().toPlainString();
        lints.add(Defect.CHEAP_CACHE_WRITE, path + "/" + words(group.getKey()), detail);
        rates.removeAll(group.getValue());
      }
    }
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
