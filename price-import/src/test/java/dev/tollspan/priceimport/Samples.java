package dev.tollspan.priceimport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;

/** Excerpts of the two catalogues, and how tests speak of rows. */
final class Samples {
  static final Options OPTIONS = new Options(LocalDate.parse("2026-11-21"));

  private Samples() {}

  static Path file(String name) {
    try {
      return Path.of(Objects.requireNonNull(Samples.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Path json(Path folder, String text) {
    try {
      return Files.writeString(folder.resolve("catalogue.json"), text.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lines such as {@code openai gpt-4o standard input 2.5}, with what is out of the common. */
  static List<String> words(Report report) {
    return report.rows().stream().map(Samples::words).toList();
  }

  private static String words(PriceRow row) {
    Rate rate = row.rate();
    StringBuilder words = new StringBuilder();
    words.append(row.provider()).append(' ').append(row.model());
    words.append(' ').append(rate.tier()).append(' ').append(rate.tokenClass().word());
    words.append(' ').append(rate.isDynamic() ? "dynamic" : rate.price().toPlainString());
    word(words, " in ", rate.region().equals("any") ? "" : rate.region());
    if (rate.band().hasThreshold()) {
      word(words, " ", rate.band().operator() + rate.band().threshold());
    }
    word(words, " at ", (rate.hours().window() + " " + rate.hours().weekdays()).strip());
    word(words, " from ", rate.validity().fromText());
    word(words, " to ", rate.validity().toText());
    return words.toString();
  }

  private static void word(StringBuilder words, String before, String word) {
    words.append(word.isEmpty() ? "" : before + word);
  }
}
