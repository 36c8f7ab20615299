package dev.tollspan.priceimport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/** Remakes the bundled book and the report on it; {@code price-import/remake.sh} runs it. */
final class RemakeBook {
  private RemakeBook() {}

  /** Arguments: genai-prices' JSON, LiteLLM's JSON, the day of reading, the book, the report. */
  public static void main(String[] args) throws IOException {
    if (args.length != 7) {
      throw new IllegalArgumentException(
          "GENAI_PRICES_JSON VERSION LITELLM_JSON VERSION DAY BOOK REPORT");
    }
    LocalDate day = LocalDate.parse(args[4]);
    Curated curated = PriceImport.curate(Path.of(args[0]), Path.of(args[2]), new Options(day));
    List<String> head = head(day, args[1], args[3]);
    Files.writeString(Path.of(args[5]), BookWriter.text(curated.report(), head));
    Files.writeString(Path.of(args[6]), CurationReport.text(curated));
  }

  /** The remarks at the head of the bundled book. */
  static List<String> head(LocalDate day, String genaiPrices, String liteLlm) {
    return List.of(
        "source=builtin version=" + day,
        "Remade by: price-import/remake.sh " + genaiPrices + " " + liteLlm + " " + day,
        "Prices of genai-prices "
            + genaiPrices
            + " (MIT, Pydantic Services Inc.) and of LiteLLM "
            + liteLlm
            + " (MIT, Berri AI); see NOTICE-prices.txt.",
        "effective_from is empty where no change of the price is known: the price is taken to hold"
            + " as long as the model.",
        "Not compared with the providers' own pages. What was left out, and where the two differ:"
            + " price-import/REPORT.md.");
  }
}
