package dev.tollspan.prices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

/** Random books and random calls, against arithmetic that is too simple to be wrong. */
class PriceOracleTest {
  private static final int CALLS = 300;
  private static final long THRESHOLD = 100_000;
  private static final List<TokenClass> OPTIONAL =
      List.of(
          TokenClass.CACHE_READ,
          TokenClass.CACHE_READ_AUDIO,
          TokenClass.CACHE_WRITE,
          TokenClass.CACHE_WRITE_5M,
          TokenClass.CACHE_WRITE_1H,
          TokenClass.INPUT_AUDIO,
          TokenClass.INPUT_IMAGE,
          TokenClass.TOOL_INPUT,
          TokenClass.REASONING,
          TokenClass.OUTPUT_AUDIO,
          TokenClass.CITATION);

  @TempDir Path directory;

  /** USD for a million, by class: base band and long band. */
  private final Map<TokenClass, BigDecimal[]> prices = new EnumMap<>(TokenClass.class);

  @RepeatedTest(40)
  void agreesWithPlainDecimals(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    BigDecimal factor = new BigDecimal("0." + (1 + random.nextInt(99)));
    BigDecimal fee = decimal(random, 4);
    PriceBook book = Books.load(Books.write(directory, "random.tsv", book(random, factor, fee)));
    Quote quote = new Quote();
    for (int call = 0; call < CALLS; call++) {
      boolean batch = random.nextInt(3) == 0;
      long searches = random.nextInt(3);
      Map<TokenClass, Long> leaves = leaves(random);
      Usage usage = usage(leaves).count(Count.WEB_SEARCH, searches);
      if (batch) {
        usage.text(Fact.SERVICE_TIER, "batch");
      }
      book.price(usage, quote);
      assertTrue(quote.isPriced());
      leaves.forEach((k, v) -> assertEquals(v, quote.leaves().of(k), k.label()));
      BigDecimal tokens = sum(leaves, usage.count(Count.IN_TOTAL) > THRESHOLD ? 1 : 0);
      BigDecimal expected =
          (batch ? tokens.multiply(factor) : tokens)
              .add(fee.multiply(BigDecimal.valueOf(searches)));
      check(expected, quote);
    }
  }

  private static void check(BigDecimal expected, Quote quote) {
    assertEquals(0, expected.compareTo(quote.exactUsd()), () -> expected + " " + quote.exactUsd());
    assertEquals(
        expected.setScale(9, RoundingMode.HALF_EVEN), BigDecimal.valueOf(quote.nanoUsd(), 9));
    assertEquals(BigDecimal.valueOf(quote.nanoUsd(), 9).doubleValue(), quote.usd());
    BigDecimal sum = BigDecimal.ZERO;
    for (Component part : Component.values()) {
      assertEquals(quote.exactUsd(part).doubleValue(), quote.usd(part));
      sum = sum.add(quote.exactUsd(part));
    }
    assertEquals(0, expected.compareTo(sum));
    BigInteger atto =
        BigInteger.valueOf(quote.attoUsdHigh())
            .shiftLeft(64)
            .add(new BigInteger(Long.toUnsignedString(quote.attoUsdLow())));
    assertEquals(0, expected.compareTo(new BigDecimal(atto, 18)));
  }

  private BigDecimal sum(Map<TokenClass, Long> leaves, int band) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Map.Entry<TokenClass, Long> leaf : leaves.entrySet()) {
      BigDecimal price = price(leaf.getKey(), band).scaleByPowerOfTen(-6);
      sum = sum.add(price.multiply(BigDecimal.valueOf(leaf.getValue())));
    }
    return sum;
  }

  private BigDecimal price(TokenClass priced, int band) {
    if (prices.containsKey(priced)) {
      return prices.get(priced)[band];
    }
    return switch (priced) {
      case CACHE_READ_AUDIO ->
          price(TokenClass.CACHE_READ, band).max(price(TokenClass.INPUT_AUDIO, band));
      case CACHE_WRITE_5M, CACHE_WRITE_1H -> price(TokenClass.CACHE_WRITE, band);
      case REASONING, OUTPUT_AUDIO -> price(TokenClass.OUTPUT, band);
      default -> price(TokenClass.INPUT, band);
    };
  }

  private String book(Random random, BigDecimal factor, BigDecimal fee) {
    prices.clear();
    StringBuilder text =
        new StringBuilder(
            "model\ttoken_class\tservice_tier\tcontext_band\tcontext_threshold\tcontext_operator"
                + "\tprice\tunit\n");
    add(text, TokenClass.INPUT, random);
    add(text, TokenClass.OUTPUT, random);
    for (TokenClass each : OPTIONAL) {
      if (random.nextBoolean()) {
        add(text, each, random);
      }
    }
    text.append("m\tall_tokens\tbatch\t\t\t\t").append(factor).append("\tmultiplier\n");
    text.append("m\tweb_search\t\t\t\t\t").append(fee.toPlainString()).append("\tUSD per search\n");
    return text.toString();
  }

  private void add(StringBuilder text, TokenClass priced, Random random) {
    BigDecimal[] bands = {decimal(random, 9), decimal(random, 9)};
    prices.put(priced, bands);
    String price = "\tUSD per 1M tokens\n";
    String start = "m\t" + priced.label() + "\tstandard\t";
    text.append(start).append("base\t\t\t").append(bands[0].toPlainString()).append(price);
    text.append(start).append("long\t").append(THRESHOLD).append("\tgt\t");
    text.append(bands[1].toPlainString()).append(price);
  }

  private static BigDecimal decimal(Random random, int scaleMax) {
    return BigDecimal.valueOf(random.nextInt(1_000_000), random.nextInt(scaleMax + 1))
        .min(BigDecimal.valueOf(8));
  }

  private static Map<TokenClass, Long> leaves(Random random) {
    Map<TokenClass, Long> leaves = new EnumMap<>(TokenClass.class);
    leaves.put(TokenClass.INPUT, count(random));
    leaves.put(TokenClass.OUTPUT, count(random));
    for (TokenClass each : OPTIONAL) {
      leaves.put(each, random.nextInt(3) == 0 ? count(random) : 0);
    }
    return leaves;
  }

  private static long count(Random random) {
    return random.nextLong(1L << (1 + random.nextInt(30)));
  }

  /** What the leaves add up to, in the terms of a usage. */
  private static Usage usage(Map<TokenClass, Long> leaves) {
    long cachedAudio = leaves.get(TokenClass.CACHE_READ_AUDIO);
    long read = leaves.get(TokenClass.CACHE_READ) + cachedAudio;
    long fiveMinutes = leaves.get(TokenClass.CACHE_WRITE_5M);
    long hour = leaves.get(TokenClass.CACHE_WRITE_1H);
    long write = leaves.get(TokenClass.CACHE_WRITE) + fiveMinutes + hour;
    long audio = leaves.get(TokenClass.INPUT_AUDIO);
    long image = leaves.get(TokenClass.INPUT_IMAGE);
    long tool = leaves.get(TokenClass.TOOL_INPUT);
    long reasoning = leaves.get(TokenClass.REASONING);
    long spoken = leaves.get(TokenClass.OUTPUT_AUDIO);
    long in = leaves.get(TokenClass.INPUT) + read + write + audio + image + tool;
    return Books.usage("any-vendor", "m", in, leaves.get(TokenClass.OUTPUT) + reasoning + spoken)
        .count(Count.CACHE_READ, read)
        .count(Count.CACHE_READ_AUDIO, cachedAudio)
        .count(Count.CACHE_WRITE, write)
        .count(Count.CACHE_WRITE_5M, fiveMinutes)
        .count(Count.CACHE_WRITE_1H, hour)
        .count(Count.IN_AUDIO, audio + cachedAudio)
        .count(Count.IN_IMAGE, image)
        .count(Count.TOOL_INPUT, tool)
        .count(Count.REASONING, reasoning)
        .count(Count.OUT_AUDIO, spoken)
        .count(Count.CITATION, leaves.get(TokenClass.CITATION));
  }
}
