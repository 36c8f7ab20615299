package dev.tollspan.cli;

import dev.tollspan.prices.Component;
import dev.tollspan.prices.Note;
import dev.tollspan.prices.Quote;
import dev.tollspan.prices.Step;
import dev.tollspan.prices.Terms;
import dev.tollspan.prices.Unpriced;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a call costs, and why, for people. */
final class QuoteText {
  private QuoteText() {}

  static String of(String model, Quote quote, List<Step> steps) {
    StringBuilder text = new StringBuilder();
    for (Step step : steps) {
      String kind = word(step.kind());
      text.append(String.format(Locale.ROOT, "%-11s %s%n", kind, step.text()));
    }
    text.append(steps.isEmpty() ? "" : "\n");
    Terms terms = quote.terms();
    if (terms == null) {
      text.append("no cost for ").append(model).append(": ").append(reason(quote));
      boolean asksWho = quote.unpriced() == Unpriced.AMBIGUOUS_PROVIDER;
      text.append(asksWho ? "; --provider says who bills it\n" : "\n");
      return text.toString();
    }
    line(text, "cost", Figures.plain(quote.exactUsd()) + " USD");
    for (Component part : Component.values()) {
      BigDecimal usd = quote.exactUsd(part);
      if (usd.signum() != 0) {
        line(text, "  " + word(part), Figures.plain(usd));
      }
    }
    line(text, "price", terms.id());
    line(text, "source", terms.source());
    line(text, "version", terms.version());
    line(text, "effective from", terms.effectiveFrom().isEmpty() ? "-" : terms.effectiveFrom());
    line(text, "match", terms.match().label());
    line(text, "quality", quality(quote));
    line(text, "notes", notes(quote).isEmpty() ? "-" : String.join(", ", notes(quote)));
    return text.toString();
  }

  /** A constant as it is shown. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  static String quality(Quote quote) {
    return quote.isExact() ? "exact" : "approximate";
  }

  static String reason(Quote quote) {
    return quote.unpriced() == null ? "" : quote.unpriced().label();
  }

  static List<String> notes(Quote quote) {
    List<String> notes = new ArrayList<>();
    for (Note note : Note.values()) {
      if (quote.has(note)) {
        notes.add(note.label());
      }
    }
    return notes;
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-15s %s%n", name, value));
  }
}
