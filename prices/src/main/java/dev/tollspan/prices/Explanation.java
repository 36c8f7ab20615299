package dev.tollspan.prices;

import dev.tollspan.prices.Step.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Tells how a call comes to its cost. One use, one thread. */
final class Explanation {
  private static final int ATTO_SCALE = 18;

  private final PriceBook book;
  private final List<Step> steps = new ArrayList<>();

  Explanation(PriceBook book) {
    this.book = book;
  }

  List<Step> of(Usage usage) {
    Question question = Question.of(usage);
    long nanos = usage.atEpochNanos();
    Instant at =
        Instant.ofEpochSecond(
            Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    add(
        Kind.QUESTION,
        "provider "
            + question.provider()
            + ", response model "
            + shown(question.response())
            + ", request model "
            + shown(question.request())
            + ", at "
            + at);
    Offer offer = book.offer(question, text -> add(Kind.NAME, text));
    Quote quote = new Quote();
    offer.price(usage, quote);
    if (offer.reason() == null) {
      add(Kind.QUESTION, "tier " + offer.tier() + ", regions " + offer.regions());
      Era era = offer.era(nanos);
      rows(era, quote.leaves());
      if (!era.isEmpty() && usage.countedBits() != 0) {
        Card card = era.card(nanos, quote.inputTokens());
        add(Kind.CHOSEN, "context band " + card.terms().band() + " for " + quote.inputTokens());
        chosen(card, quote.leaves());
      }
    }
    result(quote);
    return steps;
  }

  private void rows(Era era, Leaves leaves) {
    for (Row row : era.rows()) {
      if (row.isMultiplier() || leaves.of(row.tokenClass()) > 0) {
        add(Kind.ROW, text(row));
      }
    }
  }

  private void chosen(Card card, Leaves leaves) {
    for (TokenClass each : Card.CLASSES) {
      long count = leaves.of(each);
      Entry entry = count > 0 ? card.entry(each) : null;
      if (count > 0 && entry == null) {
        add(Kind.CHOSEN, each.label() + ": no price");
      } else if (entry != null) {
        add(Kind.CHOSEN, each.label() + ": " + text(entry.row()));
        for (Row multiplier : entry.multipliers()) {
          add(Kind.CHOSEN, each.label() + ": times " + text(multiplier));
        }
        String price = entry.isDynamic() ? Row.DYNAMIC : usd(entry.atto());
        String prices = entry.steps() == null ? price : "the prices of its bands";
        add(Kind.ARITHMETIC, count + " " + each.label() + " x " + prices + " USD");
      }
    }
  }

  private void result(Quote quote) {
    Unpriced reason = quote.unpriced();
    if (reason != null) {
      add(Kind.RESULT, "no cost: " + reason.label());
      return;
    }
    StringBuilder parts = new StringBuilder();
    for (Component part : Component.values()) {
      BigDecimal usd = quote.exactUsd(part);
      if (usd.signum() != 0) {
        parts.append(parts.isEmpty() ? "" : " + ").append(usd.toPlainString());
      }
    }
    String sum = quote.exactUsd().toPlainString();
    add(Kind.ARITHMETIC, (parts.isEmpty() ? "0" : parts) + " = " + sum + " USD");
    for (Note note : Note.values()) {
      if (quote.has(note)) {
        add(Kind.RESULT, "note " + note.label());
      }
    }
    String quality = quote.isExact() ? "exact" : "approximate";
    add(
        Kind.RESULT,
        sum + " USD, " + quality + ", by " + text(Objects.requireNonNull(quote.terms())));
  }

  private static String text(Terms terms) {
    String since =
        terms.effectiveFrom().isEmpty() ? "" : ", in force since " + terms.effectiveFrom();
    String found =
        switch (terms.match()) {
          case OVERRIDE -> "the configuration names the model";
          case EXACT -> "the model has this name in the book";
          case ALIAS -> "the name is an alias of the model";
          case NORMALIZED -> "the model was found by its name without wrappers and marks";
          case SNAPSHOT -> "the model was found by its name without the date";
          case PATTERN -> "the name fits a pattern of the book";
          case PROVIDER_INFERRED -> "all providers that may be meant ask the same";
          case DEFAULT -> "no book knows the model, so the default price stands in";
        };
    return "the price "
        + terms.id()
        + " of the book "
        + terms.source()
        + " in version "
        + terms.version()
        + since
        + ": "
        + found;
  }

  private static String text(Row row) {
    PriceRow told = row.told();
    StringBuilder text = new StringBuilder();
    text.append(told.provider()).append('/').append(told.model());
    text.append(' ').append(told.tokenClass().label());
    text.append(" tier=").append(told.tier()).append(" region=").append(told.region());
    text.append(" band=").append(told.band());
    if (!told.daily().isEmpty()) {
      text.append(" daily=").append(told.daily());
    }
    if (told.from() != null || told.to() != null) {
      text.append(" [").append(told.from() == null ? "" : told.from());
      text.append(", ").append(told.to() == null ? "" : told.to()).append(')');
    }
    text.append(": ").append(told.price()).append(' ').append(told.unit());
    text.append(", ").append(told.book()).append(" line ").append(told.line());
    for (String origin : List.of(told.source(), told.checkedAt())) {
      text.append(origin.isEmpty() ? "" : ", ").append(origin);
    }
    return text.toString();
  }

  private static String usd(long atto) {
    BigDecimal usd = BigDecimal.valueOf(atto, ATTO_SCALE).stripTrailingZeros();
    return usd.toPlainString();
  }

  private static String shown(String name) {
    return name.isEmpty() ? "none" : Problems.shown(name);
  }

  private void add(Kind kind, String text) {
    steps.add(new Step(kind, text));
  }
}
