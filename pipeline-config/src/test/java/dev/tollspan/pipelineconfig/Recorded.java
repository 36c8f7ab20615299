package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.prices.PriceBook;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.OtlpJson;
import dev.tollspan.spans.OtlpJsonException;
import dev.tollspan.usage.UsageReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * Requests that real libraries sent, what the vendors truly served meanwhile, and what that truly
 * costs by the bundled book: worked out from the tables alone, without the code that is tested.
 */
final class Recorded {
  private static final String FOLDER = "recordings/";
  private static final BigDecimal MILLION = new BigDecimal(1_000_000);

  /** True counts; input holds what was cached, output holds reasoning. */
  record Tokens(long input, long output, long read, long write, long write1h, long reasoning) {
    static Tokens of(String[] row, int from) {
      long[] counts = new long[6];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = row[from + i].isEmpty() ? 0 : Long.parseLong(row[from + i]);
      }
      return new Tokens(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
    }
  }

  /**
   * A request that a vendor served.
   *
   * @param sent whether the vendor told its client the counts
   * @param failed whether it was answered with an error
   * @param price provider and model in the bundled book; empty: it has no price for it
   */
  record Request(Tokens tokens, boolean sent, boolean failed, String tier, String price) {
    /** The true cost in nano-dollars; -1 if the book does not tell. */
    long nanoUsd() {
      return failed ? 0 : Recorded.nanoUsd(price, tier, tokens);
    }
  }

  /**
   * A span that shows requests.
   *
   * @param role call; wrapper: around calls; raw: a part of one
   * @param derivable whether all counts that bear on the price can be derived from the span
   * @param known a letter for each of input, output, cache read and write, the part of it that is
   *     kept for an hour, and reasoning: y where the span tells it
   */
  record Shown(
      String recording,
      String role,
      List<Request> requests,
      Tokens tokens,
      boolean derivable,
      String known) {
    /** What the requests cost that the span shows; -1 if that cannot be told. */
    long nanoUsd() {
      if (requests.isEmpty()) {
        return -1;
      }
      return Recorded.nanoUsd(price(), requests.getFirst().tier(), tokens);
    }

    /** The price of the model that answered. */
    String price() {
      return requests.getFirst().price();
    }

    boolean isCall() {
      return role.equals("call");
    }

    boolean sent() {
      return !requests.isEmpty() && requests.stream().allMatch(Request::sent);
    }
  }

  private static final Map<String, BigDecimal> PRICES = prices();

  /** The requests of all recordings, by recording and number with a blank between. */
  static final Map<String, Request> REQUESTS = requests();

  private Recorded() {}

  /** The bytes of all trace requests, by recording. */
  static Map<String, List<byte[]>> messages() {
    Map<String, List<byte[]>> messages = new TreeMap<>();
    for (String[] row : rows(UsageReader.class, "spans.tsv")) {
      messages.computeIfAbsent(row[0], Recorded::messages);
    }
    return messages;
  }

  /** What was sent as JSON is read as JSON. */
  private static List<byte[]> messages(String recording) {
    List<byte[]> messages = new ArrayList<>();
    for (int i = 1; i < 10; i++) {
      String name = FOLDER + recording + "-000" + i;
      if (Recorded.class.getResource(name + ".json.gz") != null) {
        messages.add(fromJson(unzip(Recorded.class, name + ".json.gz")));
      } else if (UsageReader.class.getResource(name + ".bin.gz") != null) {
        messages.add(unzip(UsageReader.class, name + ".bin.gz"));
      }
    }
    return messages;
  }

  private static byte[] fromJson(byte[] json) {
    try {
      OtlpJson.Protobuf request =
          OtlpJson.toProtobuf(
              new BatchPool(1 << 20), json, 0, json.length, OtlpJson.Reading.STRICT);
      return Arrays.copyOf(request.bytes(), request.length());
    } catch (OtlpJsonException e) {
      throw new AssertionError(e);
    }
  }

  /** The same request as it was sent and as protobuf, where it was sent as JSON. */
  static Map<byte[], byte[]> sentAsJson() {
    String name = FOLDER + "otel-genai-openai-json-0001";
    return Map.of(
        fromJson(unzip(Recorded.class, name + ".json.gz")),
        unzip(UsageReader.class, name + ".bin.gz"));
  }

  private static Map<String, Request> requests() {
    Map<String, String[]> asked = new HashMap<>();
    for (String[] row : rows(Recorded.class, "requests.tsv")) {
      asked.put(row[0] + " " + row[1], row);
    }
    Map<String, Request> requests = new LinkedHashMap<>();
    for (String[] row : rows(UsageReader.class, "served.tsv")) {
      String[] of = asked.get(row[0] + " " + row[1]);
      String price = of[7].isEmpty() ? "" : of[7] + " " + of[8];
      boolean failed = !of[2].equals("200");
      requests.put(
          row[0] + " " + row[1],
          new Request(Tokens.of(row, 3), row[2].equals("y"), failed, of[6], price));
    }
    return requests;
  }

  /** The spans that show requests, by trace and span with a blank between. */
  static Map<String, Shown> spans() {
    Map<String, Shown> spans = new LinkedHashMap<>();
    for (String[] row : rows(UsageReader.class, "spans.tsv")) {
      List<Request> served = new ArrayList<>();
      if (!row[4].isEmpty()) {
        for (String number : row[4].split(",")) {
          served.add(REQUESTS.get(row[0] + " " + number));
        }
      }
      spans.put(
          row[1] + " " + row[2],
          new Shown(
              row[0],
              row[3],
              served,
              Tokens.of(row, 6),
              isDerivable(row, served),
              String.join("", List.of(row).subList(12, 18))));
    }
    return spans;
  }

  /** Whether all is told that bears on the price; reasoning costs what output costs. */
  private static boolean isDerivable(String[] row, List<Request> served) {
    boolean embedding =
        !served.isEmpty() && !PRICES.containsKey(served.getFirst().price() + " output standard");
    boolean derivable = row[12].equals("y") && (row[13].equals("y") || embedding);
    for (int i = 2; i < 5; i++) {
      derivable &= row[12 + i].equals("y") || row[6 + i].equals("0");
    }
    return derivable;
  }

  /** The lines of a table behind its head line. */
  static List<String[]> rows(Class<?> room, String name) {
    List<String[]> rows = new ArrayList<>();
    for (String line : new String(bytes(room, FOLDER + name), UTF_8).split("\n", -1)) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        rows.add(line.split("\t", -1));
      }
    }
    return rows.subList(1, rows.size());
  }

  /** What tokens cost, rounded once, half to even, to nano-dollars; -1: there is no price. */
  static long nanoUsd(String price, String tier, Tokens tokens) {
    if (price.isEmpty()) {
      return -1;
    }
    long uncached = tokens.input() - tokens.read() - tokens.write();
    BigDecimal usd =
        cost(uncached, price, tier, "input")
            .add(cost(tokens.read(), price, tier, "cache_read"))
            .add(cost(tokens.write() - tokens.write1h(), price, tier, "cache_write"))
            .add(cost(tokens.write1h(), price, tier, "cache_write_1h"))
            .add(cost(tokens.output(), price, tier, "output"));
    return usd.setScale(9, RoundingMode.HALF_EVEN).unscaledValue().longValueExact();
  }

  private static BigDecimal cost(long count, String price, String tier, String tokenClass) {
    if (count == 0) {
      return BigDecimal.ZERO;
    }
    String key = price + " " + tokenClass + " " + tier;
    if (!PRICES.containsKey(key)) {
      throw new AssertionError("no price for " + key);
    }
    return PRICES.get(key).multiply(BigDecimal.valueOf(count)).divide(MILLION);
  }

  /** Dollars a million tokens, of rows that hold everywhere and at any time, for short requests. */
  private static Map<String, BigDecimal> prices() {
    Map<String, BigDecimal> prices = new HashMap<>();
    for (String line : new String(bytes(PriceBook.class, "builtin.tsv"), UTF_8).split("\n")) {
      String[] row = line.split("\t", -1);
      boolean plain = row.length > 14 && row[14].equals("USD per 1M tokens");
      if (plain && row[4].equals("any") && (row[5].equals("any") || row[5].equals("base"))) {
        String when = row[9] + row[10] + row[11] + row[12];
        String key = row[0] + " " + row[1] + " " + row[2] + " " + row[3];
        if (when.isEmpty() && prices.put(key, new BigDecimal(row[13])) != null) {
          throw new AssertionError("two prices for " + key);
        }
      }
    }
    return prices;
  }

  private static byte[] bytes(Class<?> room, String name) {
    try (InputStream in = room.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] unzip(Class<?> room, String name) {
    try (InputStream in = new GZIPInputStream(room.getResourceAsStream(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
