package dev.tollspan.priceimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.prices.PriceBook;
import dev.tollspan.prices.PriceRules;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The book that goes out with Tollspan, as it lies in its file. */
class BundledBookTest {
  private static final int BYTES_MAX = 2_000_000;
  private static final int PROVIDERS_MIN = 25;
  private static final int MODELS_MIN = 1_000;
  private static final String OPEN_FROM = "0000";
  private static final String OPEN_TO = "9999";

  private static final String TEXT = text("builtin.tsv");
  private static final List<Map<String, String>> LINES = lines(TEXT);

  @Test
  void saysWhatItIsAndHowToRemakeIt() {
    List<String> head = TEXT.lines().takeWhile(line -> line.startsWith("#")).toList();
    assertTrue(head.get(0).matches("# source=builtin version=\\d{4}-\\d\\d-\\d\\d"), head.get(0));
    assertTrue(head.get(1).startsWith("# Remade by: price-import/remake.sh "), head.get(1));
    assertNotNull(BundledBookTest.class.getResource("/dev/tollspan/prices/NOTICE-prices.txt"));
  }

  @Test
  void coversTheFieldAndStaysReadable() {
    Set<String> providers = new TreeSet<>();
    Set<String> models = new HashSet<>();
    for (Map<String, String> line : LINES) {
      if (!isAlias(line)) {
        providers.add(line.get("provider"));
        models.add(name(line, "model"));
      }
    }
    assertTrue(providers.size() >= PROVIDERS_MIN, providers::toString);
    assertTrue(models.size() >= MODELS_MIN, models.size() + " models");
    assertTrue(TEXT.length() < BYTES_MAX, TEXT.length() + " bytes");
    for (String known :
        List.of(
            "anthropic azure bedrock cohere dashscope deepseek fireworks google groq mistral openai"
                .split(" "))) {
      assertTrue(providers.contains(known), known);
    }
    for (String known : List.of("openrouter perplexity together xai watsonx moonshot".split(" "))) {
      assertTrue(providers.contains(known), known);
    }
  }

  @Test
  void isAccepted() {
    PriceBook book = PriceBook.load(List.of("builtin"), PriceRules.defaults());
    assertTrue(book.rows().size() > MODELS_MIN);
  }

  @Test
  void isSorted() {
    String before = "";
    for (Map<String, String> line : LINES) {
      String name = name(line, "model");
      assertTrue(before.compareTo(name) <= 0, before + " before " + name);
      before = name;
    }
  }

  @Test
  void holdsDecimalsThatSumUpExactly() {
    for (Map<String, String> line : LINES) {
      if (!isAlias(line) && !line.get("price").equals("dynamic")) {
        BigDecimal price = new BigDecimal(line.get("price"));
        assertTrue(line.get("price").matches("\\d+(\\.\\d*[1-9])?"), line::toString);
        assertTrue(price.signum() > 0 || line.get("model").endsWith("free"), line::toString);
        boolean fine = line.get("unit").matches("USD per (1M tokens|second)|multiplier");
        assertTrue(price.scale() <= (fine ? 12 : 18), line::toString);
      }
    }
  }

  @Test
  void saysWhereEachPriceComesFrom() {
    for (Map<String, String> line : LINES) {
      assertTrue(Set.of("genai-prices", "litellm").contains(line.get("source")), line::toString);
      assertTrue(line.get("checked_at").matches("\\d{4}-\\d\\d-\\d\\d"), line::toString);
    }
  }

  @Test
  void hasNoTwoPricesForOneMoment() {
    Map<String, List<Map<String, String>>> peers = new HashMap<>();
    for (Map<String, String> line : LINES) {
      String key =
          String.join(
              "|",
              name(line, "model"),
              line.get("token_class"),
              line.get("service_tier"),
              line.get("region_class"),
              line.get("context_threshold"),
              line.get("daily_window"),
              line.get("weekdays"));
      for (Map<String, String> peer : peers.computeIfAbsent(key, _ -> new ArrayList<>())) {
        boolean apart = to(peer).compareTo(from(line)) <= 0 || to(line).compareTo(from(peer)) <= 0;
        assertTrue(apart, () -> peer + " and " + line);
      }
      assertTrue(from(line).compareTo(to(line)) < 0, line::toString);
      peers.get(key).add(line);
    }
  }

  @Test
  void givesEveryThresholdABase() {
    Set<String> bases = new HashSet<>();
    for (Map<String, String> line : LINES) {
      if (line.get("context_threshold").isEmpty()) {
        bases.add(group(line));
      }
    }
    for (Map<String, String> line : LINES) {
      assertTrue(bases.contains(group(line)), line::toString);
    }
  }

  @Test
  void leadsEachAliasToAModel() {
    Set<String> models = new HashSet<>();
    LINES.stream().filter(l -> !isAlias(l)).forEach(line -> models.add(name(line, "model")));
    for (Map<String, String> line : LINES) {
      if (isAlias(line)) {
        assertTrue(models.contains(name(line, "price")), line::toString);
        assertTrue(!models.contains(name(line, "model")), line::toString);
      }
    }
  }

  /**
   * Prices of the worked cost cases. Legitimate differences, so not here: deepseek-chat (the card
   * of 2025), claude-opus-5 batch (rows instead of a multiplier), deepseek-v4-flash (dated since).
   */
  @ParameterizedTest
  @CsvSource({
    "openai, gpt-4o, input, standard, any, 2.5",
    "openai, gpt-4o, cache_read, standard, any, 1.25",
    "openai, gpt-4o, output, standard, any, 10",
    "openai, gpt-4o, output, priority, any, 17",
    "openai, gpt-4o, input, batch, any, 1.25",
    "openai, gpt-4o-2024-05-13, input, standard, any, 5",
    "openai, gpt-4o-2024-11-20, output, standard, any, 10",
    "openai, gpt-5-mini, cache_read, flex, any, 0.0125",
    "openai, o3, output, standard, any, 8",
    "openai, gpt-5.6-luna, input, standard, any, 0.2",
    "openai, gpt-5.4, all_tokens, any, eu_residency, 1.1",
    "openai, gpt-realtime, cache_read_audio, standard, any, 0.4",
    "openai, gpt-audio, output_audio, standard, any, 64",
    "openai, text-embedding-3-small, input, batch, any, 0.01",
    "openai, tts-1, character, standard, any, 0.000015",
    "google, gemini-2.5-pro, input, standard, any, 1.25",
    "google, gemini-2.5-flash, cache_read_audio, standard, any, 0.1",
    "google, gemini-2.5-flash-image, output_image, standard, any, 30",
    "google, gemini-3.7-flash, output, standard, any, 3.75",
    "xai, grok-4.5, output, standard, any, 6",
    "dashscope, qwen-flash, input, standard, any, 0.05",
    "anthropic, claude-opus-4-6, output, standard, any, 25",
    "anthropic, claude-sonnet-4-5, cache_write_1h, standard, any, 6",
    "anthropic, claude-sonnet-4-5, cache_write_5m, standard, any, 3.75",
    "anthropic, claude-opus-5, output, fast, any, 50",
    "anthropic, claude-opus-5, all_tokens, any, geo_us, 1.1",
    "anthropic, claude-opus-5, web_search, any, any, 0.01",
    "bedrock, amazon.nova-pro-v1:0, cache_read, standard, any, 0.2",
    "bedrock, anthropic.claude-sonnet-4-5-20250929-v1:0, input, standard, global, 3",
    "azure, gpt-4o-2024-08-06, output, standard, eu, 11",
    "mistral, mistral-ocr-latest, page, standard, any, 0.004",
    "cohere, rerank-v3.5, search, standard, any, 0.002",
    "perplexity, sonar-deep-research, reasoning, standard, any, 3",
    "perplexity, sonar-deep-research, citation, standard, any, 2",
  })
  void agreesWithTheWorkedCases(
      String provider, String model, String tokenClass, String tier, String region, String price) {
    String wanted = model;
    for (Map<String, String> line : LINES) {
      if (isAlias(line) && name(line, "model").equals(provider + "\t" + model)) {
        wanted = line.get("price");
      }
    }
    List<String> found = new ArrayList<>();
    for (Map<String, String> line : LINES) {
      if (name(line, "model").equals(provider + "\t" + wanted)
          && line.get("token_class").equals(tokenClass)
          && line.get("service_tier").equals(tier)
          && line.get("region_class").equals(region)
          && line.get("context_threshold").isEmpty()
          && line.get("daily_window").isEmpty()
          && from(line).compareTo("2026-11-21") <= 0
          && "2026-11-21".compareTo(to(line)) < 0) {
        found.add(line.get("price"));
      }
    }
    assertEquals(List.of(price), found);
  }

  @Test
  void givesTheTutorialsItsOwnTable() {
    List<String> words = new ArrayList<>();
    for (Map<String, String> line : lines(text("tutorial.tsv"))) {
      assertEquals("*", line.get("provider"));
      assertEquals("USD per 1M tokens", line.get("unit"));
      words.add(line.get("model") + " " + line.get("token_class") + " " + line.get("price"));
    }
    assertEquals(
        List.of(
            "default input 0.2",
            "default output 0.4",
            "gpt-3.5-turbo input 0.5",
            "gpt-3.5-turbo output 1.5",
            "gpt-4o-mini input 0.15",
            "gpt-4o-mini output 0.6",
            "llama-3-8b input 0.1",
            "llama-3-8b output 0.2",
            "mistral-7b input 0.1",
            "mistral-7b output 0.2"),
        words);
  }

  private static boolean isAlias(Map<String, String> line) {
    return line.get("token_class").equals("alias");
  }

  private static String name(Map<String, String> line, String column) {
    return line.get("provider") + "\t" + line.get(column);
  }

  private static String group(Map<String, String> line) {
    return String.join(
        "|",
        name(line, "model"),
        line.get("token_class"),
        line.get("service_tier"),
        line.get("region_class"));
  }

  private static String from(Map<String, String> line) {
    String from = line.get("effective_from");
    return from.isEmpty() ? OPEN_FROM : from;
  }

  private static String to(Map<String, String> line) {
    String to = line.get("effective_to");
    return to.isEmpty() ? OPEN_TO : to;
  }

  private static String text(String book) {
    try (InputStream in =
        BundledBookTest.class.getResourceAsStream("/dev/tollspan/prices/" + book)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Map<String, String>> lines(String text) {
    List<String> lines = text.lines().filter(line -> !line.startsWith("#")).toList();
    String[] columns = lines.getFirst().split("\t", -1);
    List<Map<String, String>> found = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split("\t", -1);
      assertEquals(columns.length, cells.length, line);
      Map<String, String> byColumn = new HashMap<>();
      for (int i = 0; i < columns.length; i++) {
        byColumn.put(columns[i], cells[i]);
      }
      found.add(byColumn);
    }
    return found;
  }
}
