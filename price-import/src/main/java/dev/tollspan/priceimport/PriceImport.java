package dev.tollspan.priceimport;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Imports price catalogues. Reads files only; safe from many threads.
 *
 * <p>The same files and options always give the same rows in the same order. Prices keep the
 * decimals of the catalogue. What a catalogue says and a book cannot hold, or what is wrong with
 * it, is a {@link Lint}; a file that is not of the catalogue's form is an {@link IOException}.
 */
public final class PriceImport {
  private PriceImport() {}

  /** Imports LiteLLM's {@code model_prices_and_context_window.json}. */
  public static Report importLiteLlm(Path json, Options options) throws IOException {
    return LiteLlmCatalogue.read(json).report(options);
  }

  /** Imports genai-prices' {@code data.json}, version 2. */
  public static Report importGenaiPrices(Path json, Options options) throws IOException {
    return GenaiCatalogue.read(json).report(options);
  }

  /** Makes one book of both: genai-prices first, LiteLLM for what it lacks. */
  public static Curated curate(Path genaiPrices, Path liteLlm, Options options) throws IOException {
    return Curation.of(GenaiCatalogue.read(genaiPrices), LiteLlmCatalogue.read(liteLlm), options);
  }
}
