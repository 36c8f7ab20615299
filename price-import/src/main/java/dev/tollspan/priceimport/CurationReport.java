package dev.tollspan.priceimport;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Writes, for people, what became of two catalogues. */
final class CurationReport {
  /** Too many to list; which keys they stand under says enough. */
  private static final Set<Defect> BY_KEY =
      EnumSet.of(Defect.NON_TOKEN_UNIT, Defect.UNKNOWN_CLASS, Defect.UNKNOWN_TIER);

  private CurationReport() {}

  static String text(Curated curated) {
    StringBuilder text =
        new StringBuilder("# The bundled price book: what came of the catalogues\n");
    text.append("\nMade together with `builtin.tsv`; do not edit.\n");
    counts(curated.report(), text);
    lints(curated.report().lints(), text);
    disagreements(curated.disagreements(), text);
    return text.toString();
  }

  private static void counts(Report report, StringBuilder text) {
    long providers = report.rows().stream().map(PriceRow::provider).distinct().count();
    long models =
        report.rows().stream().map(row -> row.provider() + row.model()).distinct().count();
    text.append("\n## Counts\n\n| What | How many |\n|---|---|\n");
    line(text, "providers", providers);
    line(text, "models (provider and name)", models);
    line(text, "aliases", report.aliases().size());
    line(text, "prices", report.rows().size());
    line(
        text,
        "prices with a date",
        report.rows().stream().filter(row -> !row.rate().validity().equals(Validity.OPEN)).count());
  }

  private static void line(StringBuilder text, Object... cells) {
    text.append('|');
    for (Object cell : cells) {
      text.append(' ').append(cell.toString().replace("|", "\\|")).append(" |");
    }
    text.append('\n');
  }

  private static void lints(List<Lint> lints, StringBuilder text) {
    Map<Defect, List<Lint>> byDefect = new EnumMap<>(Defect.class);
    for (Lint lint : lints) {
      byDefect.computeIfAbsent(lint.defect(), _ -> new ArrayList<>()).add(lint);
    }
    text.append("\n## Findings\n\n| Finding | Left out | How many |\n|---|---|---|\n");
    byDefect.forEach(
        (defect, found) ->
            line(text, defect.meaning(), defect.leavesOut() ? "yes" : "no", found.size()));
    byDefect.forEach(
        (defect, found) -> {
          if (defect == Defect.UNKNOWN_PROVIDER || defect == Defect.PROVIDER_LEFT_OUT) {
            heading(defect, text);
            counted(found, lint -> lint.detail().isEmpty() ? lint.path() : lint.detail(), text);
          } else if (BY_KEY.contains(defect)) {
            heading(defect, text);
            counted(found, lint -> lint.path().substring(lint.path().lastIndexOf('/') + 1), text);
          } else if (defect.leavesOut()) {
            heading(defect, text);
            paths(found, text);
          }
        });
  }

  private static void heading(Defect defect, StringBuilder text) {
    text.append("\n### ").append(defect.meaning()).append("\n\n");
  }

  private static void counted(List<Lint> lints, Function<Lint, String> word, StringBuilder text) {
    Map<String, Integer> counts = new TreeMap<>();
    lints.forEach(lint -> counts.merge(word.apply(lint), 1, Integer::sum));
    counts.forEach(
        (each, count) -> text.append("- ").append(each).append(": ").append(count).append('\n'));
  }

  private static void paths(List<Lint> lints, StringBuilder text) {
    for (Lint lint : lints) {
      text.append("- ").append(lint.path());
      text.append(lint.detail().isEmpty() ? "" : ": " + lint.detail()).append('\n');
    }
  }

  private static void disagreements(List<Disagreement> all, StringBuilder text) {
    text.append("\n## Disagreements\n\n").append(all.size());
    text.append(" models; prices of the day of reading, genai-prices : LiteLLM.\n\n");
    line(text, "Model", "Region", "Taken", "Prices");
    text.append("|---|---|---|---|\n");
    for (Disagreement each : all) {
      List<String> words = new ArrayList<>();
      for (Disagreement.Difference price : each.differences()) {
        if (!price.what().endsWith(TokenClass.CACHE_WRITE_5M.word())) {
          words.add(price.what() + " " + price.genaiPrices() + " : " + price.liteLlm());
        }
      }
      String model = each.provider() + " " + each.model();
      line(text, model, each.region(), each.taken(), String.join("; ", words));
    }
  }
}
