package dev.tollspan.prices;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Dated prices by model: what a call costs, exactly, and why.
 *
 * <p>A book is made of files (see {@code BookRows} for their form); the first that has a model of a
 * provider gives all its rows. It says a cost, or a reason why there is none: a price that is
 * missing is never zero.
 *
 * <p>A value that does not change, safe for all threads; a reload makes another and swaps the
 * reference, so that no call mixes two books. Inside, what was looked up is kept: {@link #price}
 * allocates nothing for texts that were asked for lately.
 */
public final class PriceBook {
  private final Models models;
  private final PriceRules rules;
  private final List<Problem> warnings;
  private final List<String> versions;
  private final OfferCache offers = new OfferCache();
  private final Map<Terms, Terms> terms = new HashMap<>();
  private final Offer noModel = new Offer(Unpriced.NO_MODEL);
  private final Offer unknownModel = new Offer(Unpriced.UNKNOWN_MODEL);

  private PriceBook(
      Models models, PriceRules rules, List<Problem> warnings, List<String> versions) {
    this.models = models;
    this.rules = rules;
    this.warnings = warnings;
    this.versions = versions;
  }

  /**
   * Reads books.
   *
   * @param entries {@code builtin}, {@code tutorial}, or paths of files; the first has most weight
   * @throws BadPricesException with every problem of every file
   */
  public static PriceBook load(List<String> entries, PriceRules rules) {
    Problems problems = new Problems();
    List<BookRows> books = new ArrayList<>();
    for (String entry : entries) {
      BookRows book = BookFile.read(entry, books.size(), problems);
      if (book != null) {
        books.add(book);
      }
    }
    Models models = new Models(books, problems);
    for (Map.Entry<String, String> override : rules.overrides().entrySet()) {
      if (problems.isEmpty() && !models.isKnown(override.getValue())) {
        String cause = Problems.shown(override.getValue()) + " is in no price book";
        problems.error(new Problem("override of " + override.getKey(), 0, 0, cause));
      }
    }
    if (problems.isEmpty() && rules.defaultPrice() && !models.hasUnknown()) {
      String cause = "none of the price books has a row named " + Model.UNKNOWN;
      problems.error(new Problem("default_price", 0, 0, cause));
    }
    problems.check();
    List<String> versions =
        books.stream().map(book -> book.book().source() + " " + book.book().version()).toList();
    return new PriceBook(models, rules, problems.warnings(), versions);
  }

  /** What looked odd in the files, but can be used; the first hundred. */
  public List<Problem> warnings() {
    return warnings;
  }

  /** How many models have a price; a pattern is one. */
  public int modelCount() {
    return models.all().size();
  }

  /** Each book that was read: what it calls itself, and its version as costs tell it. */
  public List<String> versions() {
    return versions;
  }

  /** All rows that can be chosen. */
  public List<PriceRow> rows() {
    List<PriceRow> rows = new ArrayList<>();
    for (Model model : models.all()) {
      model.rows().forEach(row -> rows.add(row.told()));
    }
    return rows;
  }

  /** Fills in what a call costs. */
  public void price(Usage usage, Quote quote) {
    OfferCache.Slot recent = quote.recent(this, usage);
    if (recent == null) {
      int hash = OfferCache.hash(usage);
      if (hash < 0) {
        unknownModel.price(usage, quote);
        return;
      }
      recent = offers.find(usage, hash);
      if (recent == null) {
        Offer offer = offer(Question.of(usage), step -> {});
        if (!OfferCache.mayKeep(usage)) {
          offer.price(usage, quote);
          return;
        }
        recent = offers.keep(usage, hash, offer);
      }
      quote.recent(this, usage, recent);
    }
    recent.offer().price(usage, quote);
  }

  /** What a call costs; for use beside the hot path. */
  public Quote price(Usage usage) {
    Quote quote = new Quote();
    price(usage, quote);
    return quote;
  }

  /** How a call comes to its cost, step by step; for people, and beside the hot path. */
  public List<Step> explain(Usage usage) {
    return new Explanation(this).of(usage);
  }

  /** In what two books differ, in the order of their rows. */
  public static List<Difference> diff(PriceBook before, PriceBook after) {
    return Difference.between(before.models.all(), after.models.all());
  }

  /** The offer that answers a question; tells each step. */
  Offer offer(Question question, Consumer<String> trace) {
    ModelSearch search = new ModelSearch(models, rules, question, trace);
    ModelSearch.Found found = search.run();
    if (found == null) {
      return search.hasName() ? unknownModel : noModel;
    }
    String of = found.models().getFirst().provider();
    String provider = of.equals(Providers.ANY) ? question.provider() : of;
    return new Offer(
        found,
        Tiers.of(provider, question.tier(), question.speed()),
        Regions.of(search.region(), question.region(), question.geo()),
        this::interned);
  }

  private Terms interned(Terms wanted) {
    synchronized (terms) {
      Terms known = terms.get(wanted);
      if (known == null) {
        known =
            new Terms(
                terms.size(),
                wanted.id(),
                wanted.source(),
                wanted.version(),
                wanted.effectiveFrom(),
                wanted.tier(),
                wanted.region(),
                wanted.band(),
                wanted.match());
        terms.put(wanted, known);
      }
      return known;
    }
  }
}
