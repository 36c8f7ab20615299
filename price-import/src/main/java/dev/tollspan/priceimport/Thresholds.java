package dev.tollspan.priceimport;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one catalogue knows of long requests where the other has a flat price.
 *
 * @param mine the one's rates; those of today that got a threshold are the first band now
 * @param above the other's rates above the thresholds
 */
record Thresholds(List<Rate> mine, List<Rate> above) {
  /** Takes thresholds for those flat prices of a day that both catalogues give alike. */
  static Thresholds of(List<Rate> mine, List<Rate> other, LocalDate day) {
    List<Rate> first = new ArrayList<>(mine);
    List<Rate> above = new ArrayList<>();
    Map<Rate.Group, List<Rate>> theirs = Groups.of(other);
    for (Map.Entry<Rate.Group, List<Rate>> group : Groups.of(mine).entrySet()) {
      List<Rate> bands = bands(group.getKey(), theirs, day);
      boolean flat =
          group.getValue().stream()
              .allMatch(rate -> !rate.band().hasThreshold() && rate.hours().always());
      for (Rate rate : group.getValue()) {
        if (flat
            && rate.validity().contains(day)
            && bands.size() > 1
            && bands.getFirst().price().compareTo(rate.price()) == 0) {
          first.set(first.indexOf(rate), rate.withBand(bands.getFirst().band()));
          above.addAll(bands.subList(1, bands.size()));
        }
      }
    }
    return new Thresholds(first, above);
  }

  /** The other's rates of a group and day by threshold; none if they depend on the hour. */
  private static List<Rate> bands(
      Rate.Group group, Map<Rate.Group, List<Rate>> theirs, LocalDate day) {
    List<Rate> rates = theirs.getOrDefault(group, List.of());
    if (rates.isEmpty() && group.tokenClass() == TokenClass.CACHE_WRITE_5M) {
      rates =
          theirs.getOrDefault(group.of(TokenClass.CACHE_WRITE), List.of()).stream()
              .map(rate -> rate.withClass(TokenClass.CACHE_WRITE_5M))
              .toList();
    }
    if (!rates.stream().allMatch(rate -> rate.hours().always())) {
      return List.of();
    }
    return rates.stream()
        .filter(rate -> rate.validity().contains(day))
        .sorted(Comparator.comparingLong(rate -> rate.band().threshold()))
        .toList();
  }

  /**
   * Lends thresholds between batch and flex, which providers price alike: where one is flat for all
   * that is known and the other, at the same price, is not, a long request would cost too little.
   * What is lent is an estimate, which only the notes can say: a book wants all bands of a price to
   * have one status.
   */
  static List<Names.Sourced> lent(List<Names.Sourced> rates) {
    List<Names.Sourced> first = new ArrayList<>(rates);
    List<Names.Sourced> above = new ArrayList<>();
    Map<Rate.Group, List<Names.Sourced>> groups = new LinkedHashMap<>();
    rates.forEach(
        each -> groups.computeIfAbsent(each.rate().group(), _ -> new ArrayList<>()).add(each));
    for (Map.Entry<Rate.Group, List<Names.Sourced>> group : groups.entrySet()) {
      String tier = group.getKey().tier();
      String other = tier.equals("flex") ? "batch" : "flex";
      boolean lends = tier.equals("flex") || tier.equals("batch");
      List<Names.Sourced> theirs = groups.getOrDefault(group.getKey().of(other), List.of());
      if (lends && group.getValue().size() == 1 && theirs.size() > 1) {
        Names.Sourced flat = group.getValue().getFirst();
        boolean alike =
            theirs.stream()
                .allMatch(
                    each ->
                        each.rate().validity().equals(flat.rate().validity())
                            && each.rate().hours().always()
                            && (each.rate().band().hasThreshold()
                                || each.rate().price().compareTo(flat.rate().price()) == 0));
        if (alike && flat.rate().hours().always()) {
          for (Names.Sourced each : theirs) {
            Rate rate = each.rate().withTier(tier);
            if (rate.band().hasThreshold()) {
              Rate estimate = rate.withNotes("an estimate, as for " + other);
              above.add(new Names.Sourced(estimate, each.source()));
            } else {
              Rate base = flat.rate().withBand(rate.band());
              first.set(first.indexOf(flat), new Names.Sourced(base, flat.source()));
            }
          }
        }
      }
    }
    first.addAll(above);
    return first;
  }
}
