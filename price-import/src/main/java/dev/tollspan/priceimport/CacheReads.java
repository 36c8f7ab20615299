package dev.tollspan.priceimport;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Doubts what a catalogue says of cache reads from before a change of the input's price that left
 * theirs as it was: they cost a part of input, so their old price was overwritten, most likely.
 */
final class CacheReads {
  /** What all bands of a price have in common; they are doubted together. */
  private record Era(Rate.Group group, Validity validity) {
    static Era of(Rate rate) {
      return new Era(rate.group(), rate.validity());
    }
  }

  private CacheReads() {}

  /** The rates, but those of cache reads as estimates up to the last such change. */
  static List<Names.Sourced> doubted(List<Names.Sourced> rates, Lints lints, String path) {
    List<Names.Sourced> doubted = new ArrayList<>();
    Map<Era, LocalDate> found = new LinkedHashMap<>();
    for (Names.Sourced each : rates) {
      if (each.rate().tokenClass() == TokenClass.CACHE_READ) {
        LocalDate last = lastChange(rates, each.rate());
        found.merge(Era.of(each.rate()), last, (a, b) -> a.isAfter(b) ? a : b);
      }
    }
    for (Names.Sourced each : rates) {
      Rate rate = each.rate();
      LocalDate change = found.getOrDefault(Era.of(rate), LocalDate.MIN);
      Validity before = rate.validity().within(LocalDate.MIN, change);
      Validity after = rate.validity().within(change, LocalDate.MAX);
      if (!before.isEmpty()) {
        Rate estimate = rate.withValidity(before).asEstimate("unchanged though input was not");
        doubted.add(new Names.Sourced(estimate, each.source()));
      }
      if (!after.isEmpty()) {
        doubted.add(new Names.Sourced(rate.withValidity(after), each.source()));
      }
    }
    found.forEach(
        (era, change) -> {
          if (change.isAfter(LocalDate.MIN)) {
            String words = path + "/" + Groups.words(era.group());
            lints.add(Defect.CACHE_READ_UNCHANGED, words, "on " + change);
          }
        });
    return doubted;
  }

  /** The last day within a cache read's time on which the input of its band got another price. */
  private static LocalDate lastChange(List<Names.Sourced> rates, Rate read) {
    LocalDate last = LocalDate.MIN;
    for (Names.Sourced each : rates) {
      Rate input = each.rate();
      LocalDate from = input.validity().from();
      boolean changed =
          isInputOf(read, input)
              && from.isAfter(read.validity().from())
              && from.isBefore(read.validity().to())
              && rates.stream()
                  .map(Names.Sourced::rate)
                  .anyMatch(
                      old ->
                          isInputOf(read, old)
                              && old.validity().to().equals(from)
                              && old.price().compareTo(input.price()) != 0);
      last = changed && from.isAfter(last) ? from : last;
    }
    return last;
  }

  private static boolean isInputOf(Rate read, Rate rate) {
    return rate.group().equals(read.group().of(TokenClass.INPUT))
        && rate.band().threshold() == read.band().threshold()
        && rate.hours().equals(read.hours());
  }
}
