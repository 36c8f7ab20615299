package dev.tollspan.priceimport;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Compares the prices that two catalogues give for a call of today. */
final class Comparison {
  /** Whoever differs in these has read another price list. */
  private static final Set<TokenClass> MAIN =
      EnumSet.of(
          TokenClass.INPUT,
          TokenClass.OUTPUT,
          TokenClass.PAGE,
          TokenClass.CHARACTER,
          TokenClass.IMAGE,
          TokenClass.AUDIO_SECOND,
          TokenClass.VIDEO_SECOND,
          TokenClass.SEARCH);

  private static final Set<TokenClass> WRITES =
      EnumSet.of(TokenClass.CACHE_WRITE, TokenClass.CACHE_WRITE_5M, TokenClass.CACHE_WRITE_1H);

  private record Place(TokenClass tokenClass, String tier) {}

  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::tier).thenComparing(Place::tokenClass);

  private Comparison() {}

  static boolean hasHours(List<Rate> rates) {
    return rates.stream().anyMatch(rate -> !rate.hours().always());
  }

  /** Whether the two give the same standard price below every threshold, where both give one. */
  static boolean sameMainPrices(List<Rate> one, List<Rate> other, LocalDate day) {
    Map<Place, List<Rate>> others = today(other, day);
    for (Map.Entry<Place, List<Rate>> mine : today(one, day).entrySet()) {
      List<Rate> theirs = others.get(mine.getKey());
      boolean main =
          MAIN.contains(mine.getKey().tokenClass()) && mine.getKey().tier().equals(Rate.STANDARD);
      if (main
          && theirs != null
          && mine.getValue().getFirst().price().compareTo(theirs.getFirst().price()) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Fees of one name that another name of the same model does not have at that price. */
  static List<Rate> fees(List<Rate> name, List<Rate> other) {
    return name.stream()
        .filter(rate -> rate.tokenClass().isToolFee())
        .filter(
            rate ->
                other.stream()
                    .noneMatch(
                        its ->
                            its.group().equals(rate.group())
                                && its.price().compareTo(rate.price()) == 0))
        .toList();
  }

  /** The prices that both give and that differ. */
  static List<Disagreement.Difference> differences(
      List<Rate> one, List<Rate> other, LocalDate day) {
    List<Disagreement.Difference> found = new ArrayList<>();
    Map<Place, List<Rate>> others = today(other, day);
    today(one, day)
        .forEach(
            (place, rates) -> {
              List<Rate> theirs = others.get(place);
              if (theirs != null && !words(rates).equals(words(theirs))) {
                String what = place.tier() + " " + place.tokenClass().word();
                found.add(new Disagreement.Difference(what, words(rates), words(theirs)));
              }
            });
    return found;
  }

  /** What the other has and the one lacks, as far as it fits the one's prices. */
  static List<Rate> additions(List<Rate> one, List<Rate> other, LocalDate day) {
    Set<Rate.Group> known = Groups.of(one).keySet();
    boolean writesDiffer =
        differences(one, other, day).stream()
            .anyMatch(each -> each.what().endsWith(TokenClass.CACHE_WRITE.word()));
    boolean byTokens = one.stream().anyMatch(rate -> rate.tokenClass().isTokens());
    List<Rate> additions = new ArrayList<>();
    for (Rate rate : other) {
      boolean fits =
          !(writesDiffer && WRITES.contains(rate.tokenClass()))
              && !(byTokens && rate.tokenClass().isPiece());
      if (fits && !known.contains(rate.group())) {
        additions.add(rate);
      }
    }
    return additions;
  }

  /** The prices of a day, at an hour without a window, by threshold. */
  private static Map<Place, List<Rate>> today(List<Rate> rates, LocalDate day) {
    Map<Place, List<Rate>> found = new TreeMap<>(ORDER);
    for (Rate rate : rates) {
      if (rate.hours().always() && rate.validity().contains(day)) {
        found
            .computeIfAbsent(new Place(rate.tokenClass(), rate.tier()), _ -> new ArrayList<>())
            .add(rate);
      }
    }
    found.values().forEach(each -> each.sort(Comparator.comparingLong(r -> r.band().threshold())));
    return found;
  }

  private static String words(List<Rate> rates) {
    List<String> words = new ArrayList<>();
    for (Rate rate : rates) {
      Band band = rate.band();
      String above = (band.inclusive() ? " from " : " above ") + band.threshold();
      words.add(rate.price().toPlainString() + (band.hasThreshold() ? above : ""));
    }
    return String.join(", ", words);
  }
}
