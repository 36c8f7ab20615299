package dev.tollspan.prices;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Books and calls for tests. */
final class Books {
  static final String HEAD = "provider\tmodel\ttoken_class\tprice\tunit\n";

  private Books() {}

  /** The path of a resource of this package. */
  static Path resource(String name) {
    try {
      return Path.of(Books.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The prices that the vectors need, and nothing else. */
  static PriceBook vectors(PriceRules rules) {
    return PriceBook.load(List.of(resource("cost-vector-prices.tsv").toString()), rules);
  }

  static Path write(Path directory, String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static PriceBook load(Path... files) {
    return PriceBook.load(
        List.of(files).stream().map(Path::toString).toList(), PriceRules.defaults());
  }

  static PriceRules overrides(Map<String, String> overrides) {
    return new PriceRules(overrides, false);
  }

  static Usage usage(String provider, String model) {
    return new Usage()
        .text(Fact.PROVIDER, provider)
        .text(Fact.RESPONSE_MODEL, model)
        .at(nanos("2026-08-20T12:00:00Z"));
  }

  static Usage usage(String provider, String model, long in, long out) {
    return usage(provider, model).count(Count.IN_TOTAL, in).count(Count.OUT_TOTAL, out);
  }

  static long nanos(String instant) {
    Instant at = Instant.parse(instant);
    return at.getEpochSecond() * 1_000_000_000 + at.getNano();
  }
}
