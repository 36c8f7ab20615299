package dev.tollspan.prices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatchingTest {
  private static final String ROWS =
      """
      openai\tgpt-4o\tinput\t1\tUSD per 1M tokens
      openai\tgpt-4o-2024-05-13\tinput\t2\tUSD per 1M tokens
      openai\tgpt-5*\tinput\t3\tUSD per 1M tokens
      openai\tgpt-5-mini*\tinput\t4\tUSD per 1M tokens
      openai\tft:gpt-4o:acme\tinput\t5\tUSD per 1M tokens
      anthropic\tclaude-sonnet-4-5\tinput\t6\tUSD per 1M tokens
      bedrock\tanthropic.claude-sonnet-4-5-20250929-v1:0\tinput\t7\tUSD per 1M tokens
      bedrock\tamazon.nova-pro-v1:0\tinput\t8\tUSD per 1M tokens
      google\tgemini-2.5-pro\tinput\t9\tUSD per 1M tokens
      google\tclaude-sonnet-4-5-20250929\tinput\t10\tUSD per 1M tokens
      mistral\tmistral-large\tinput\t11\tUSD per 1M tokens
      xai\tgrok-4\tinput\t12\tUSD per 1M tokens
      fireworks\tllama-v3\tinput\t13\tUSD per 1M tokens
      *\tllama-3-8b-instruct\tinput\t14\tUSD per 1M tokens
      azure\tgpt-4o\tinput\t1\tUSD per 1M tokens
      a-vendor\tsame\tinput\t15\tUSD per 1M tokens
      b-vendor\tsame\tinput\t15\tUSD per 1000000 tokens
      b-vendor\tother\tinput\t16\tUSD per 1M tokens
      c-vendor\tother\tinput\t17\tUSD per 1M tokens
      *\tshort-name\talias\tgrok-4\tmodel
      openai\tchat-latest\talias\tgpt-4o\tmodel
      *\twhole-name\talias\tmistral/mistral-large\tmodel
      *\tdefault\tinput\t99\tUSD per 1M tokens
      """;

  @TempDir Path directory;
  private PriceBook book;

  @BeforeEach
  void load() {
    Path file = Books.write(directory, "models.tsv", Books.HEAD + ROWS);
    book =
        PriceBook.load(
            List.of(file.toString()),
            Books.overrides(Map.of("prod-1", "openai/gpt-4o", "my-grok", "grok-4")));
  }

  @ParameterizedTest
  @CsvSource({
    "openai, gpt-4o, 1, exact",
    "OpenAI, gpt-4o, 1, exact",
    "openai.chat, gpt-4o, 1, exact",
    "azure.ai.openai, gpt-4o, 1, exact",
    "openai, gpt-4o-2024-05-13, 2, exact",
    "openai, ft:gpt-4o:acme, 5, exact",
    "vllm, llama-3-8b-instruct, 14, exact",
    "langchain, llama-3-8b-instruct, 14, exact",
    "x_ai, grok-4, 12, exact",
    "mistral_ai, mistral-large, 11, exact",
    "gcp.gemini, gemini-2.5-pro, 9, exact",
    "gcp.vertex_ai, gemini-2.5-pro, 9, exact",
    "x_ai, short-name, 12, alias",
    "'', short-name, 12, alias",
    "openai, chat-latest, 1, alias",
    "openai, Chat-Latest, 1, alias",
    "openai, openai/chat-latest, 1, normalized",
    "'', whole-name, 11, alias",
    "openai, GPT-4o, 1, normalized",
    "openai, openai/gpt-4o, 1, normalized",
    "litellm, openai/gpt-4o, 1, normalized",
    "litellm, azure/gpt-4o, 1, normalized",
    "'', vertex_ai/gemini-2.5-pro, 9, normalized",
    "google, models/gemini-2.5-pro, 9, normalized",
    "google, publishers/google/models/gemini-2.5-pro, 9, normalized",
    "google, projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4-5@20250929, 10,"
        + " normalized",
    "google, gemini-2.5-pro@001, 9, normalized",
    "fireworks_ai, accounts/fireworks/models/llama-v3, 13, normalized",
    "aws.bedrock, us.amazon.nova-pro-v1:0, 8, normalized",
    "aws.bedrock, nova-pro-v1:0, 8, normalized",
    "aws.bedrock, amazon.nova-pro, 8, normalized",
    "aws.bedrock, apac.anthropic.claude-sonnet-4-5-20250929-v1:0, 7, normalized",
    "'', bedrock/converse/us.amazon.nova-pro-v1:0, 8, normalized",
    "'', meta-llama/Llama-3-8B-Instruct, 14, normalized",
    "openai, gpt-4o-2024-08-06, 1, snapshot",
    "azure, gpt-4o-20240806, 1, snapshot",
    "anthropic, claude-sonnet-4-5-20250929, 6, snapshot",
    "anthropic, claude-sonnet-4-5@20250929, 6, snapshot",
    "openai, gpt-5, 3, pattern",
    "openai, gpt-5-nano, 3, pattern",
    "openai, gpt-5-mini-high, 4, pattern",
    "openai, gpt-5-2025-08-07, 3, pattern",
    "'', gpt-4o, 1, provider_inferred",
    "'', same, 15, provider_inferred",
    "'', chat-latest, 1, provider_inferred",
    "'', grok-4-2026-01-01, 12, provider_inferred",
  })
  void findsTheModel(String provider, String model, long price, String match) {
    Quote quote = book.price(million(provider, model));
    assertTrue(quote.isPriced(), () -> "" + book.explain(million(provider, model)));
    assertEquals(match, quote.terms().match().label(), quote.terms()::toString);
    assertEquals(price * 1_000_000_000, quote.nanoUsd(), quote.terms()::toString);
    boolean undated = match.equals("snapshot") || model.startsWith("grok-4-");
    assertEquals(undated, quote.has(Note.SNAPSHOT_STRIPPED));
    assertEquals(!undated, quote.isExact());
  }

  @ParameterizedTest
  @CsvSource({
    "openai, gpt-4, unknown_model",
    "openai, gpt-4o-mini, unknown_model",
    "openai, gpt-4o:free, unknown_model",
    "openai, gpt-4o-fast, unknown_model",
    "openai, gpt-5.6-sol, unknown_model",
    "openai, gpt-51, unknown_model",
    "openai, gpt-5-6, unknown_model",
    "openai, gpt-5:free, unknown_model",
    "openai, gpt-4o-2024-13-45, unknown_model",
    "openai, ft:gpt-4o:other, unknown_model",
    "groq, gpt-4o, unknown_model",
    "openrouter, openai/gpt-4o, unknown_model",
    "groq, default, unknown_model",
    "'', default, unknown_model",
    "'', groq/gpt-4o, unknown_model",
    "aws.bedrock, amazon.nova-pro-v1:0:300k, unknown_model",
    "'', other, ambiguous_provider",
    "langchain, other, ambiguous_provider",
    "openai, '', no_model",
  })
  void ratherHasNoPriceThanAWrongOne(String provider, String model, String reason) {
    Quote quote = book.price(million(provider, model));
    assertFalse(quote.isPriced());
    assertEquals(reason, quote.unpriced().label());
    assertEquals(0, quote.nanoUsd());
    assertEquals(0, quote.exactUsd().signum());
  }

  @Test
  void theResponsesModelComesBeforeTheRequestsInEachStep() {
    Usage usage = million("openai", "gpt-4o-2024-05-13").text(Fact.REQUEST_MODEL, "gpt-4o");
    assertEquals(2_000_000_000L, book.price(usage).nanoUsd());
    usage.text(Fact.RESPONSE_MODEL, "gpt-4o-2024-08-06");
    Quote quote = book.price(usage);
    assertEquals(1_000_000_000L, quote.nanoUsd());
    assertEquals(Match.EXACT, quote.terms().match());
    usage.text(Fact.RESPONSE_MODEL, "");
    assertEquals(1_000_000_000L, book.price(usage).nanoUsd());
  }

  @Test
  void anOverrideWinsOverEverything() {
    Usage usage = million("azure", "grok-4").text(Fact.DEPLOYMENT, "prod-1");
    Quote quote = book.price(usage);
    assertEquals(Match.OVERRIDE, quote.terms().match());
    assertEquals("azure/gpt-4o/standard/any/any", quote.terms().id().replace("openai", "azure"));
    Quote named = book.price(million("", "my-grok"));
    assertEquals(Match.OVERRIDE, named.terms().match());
    assertEquals(12_000_000_000L, named.nanoUsd());
    Quote bare = book.price(million("", "").text(Fact.DEPLOYMENT, "prod-1"));
    assertEquals(1_000_000_000L, bare.nanoUsd());
  }

  @Test
  void theDefaultRowIsAnApproximationForThoseWhoAsk() {
    Path file = Books.write(directory, "models.tsv", Books.HEAD + ROWS);
    PriceBook guessing = PriceBook.load(List.of(file.toString()), new PriceRules(Map.of(), true));
    Quote quote = guessing.price(million("groq", "whatever"));
    assertEquals(99_000_000_000L, quote.nanoUsd());
    assertEquals(Match.DEFAULT, quote.terms().match());
    assertFalse(quote.isExact());
    assertEquals(Unpriced.NO_MODEL, guessing.price(million("groq", "")).unpriced());
  }

  @Test
  void equalTermsAreTheSameObjectAndNumbered() {
    Terms first = book.price(million("openai", "gpt-4o")).terms();
    Terms second = book.price(million("OpenAI", "gpt-4o")).terms();
    Terms third = book.price(million("xai", "grok-4")).terms();
    assertTrue(first == second);
    assertEquals(List.of(0, 1), List.of(first.number(), third.number()));
  }

  @Test
  void forgetsOldNamesButAnswersAlike() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 20_000; i++) {
        assertEquals(
            Unpriced.UNKNOWN_MODEL, book.price(million("openai", "nothing-" + i)).unpriced());
      }
      assertEquals(1_000_000_000L, book.price(million("openai", "gpt-4o")).nanoUsd());
    }
  }

  private static Usage million(String provider, String model) {
    return Books.usage(provider, model, 1_000_000, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o, chat-latest, 1, exact, ''",
    "gpt-4o-2024-05-13, chat-latest, 1, alias, ''",
    "gpt-4o, GPT-4o-2024-05-13, 2, normalized, ''",
    "ft:gpt-4o:acme, gpt-4o-2024-08-06, 1, snapshot, snapshot_stripped",
    "gpt-4o, gpt-5-mini-x, 4, pattern, ''",
    "gpt-4o, gpt-9-never-seen, 1, exact, response_model_unknown"
  })
  void theModelThatAnsweredIsThePricedOne(
      String request, String response, long micros, String match, String note) {
    Usage usage = Books.usage("openai", response, 1, 0).text(Fact.REQUEST_MODEL, request);
    Quote quote = book.price(usage);
    assertEquals(micros * 1000, quote.nanoUsd());
    assertEquals(match, quote.terms().match().label());
    for (Note each : List.of(Note.SNAPSHOT_STRIPPED, Note.RESPONSE_MODEL_UNKNOWN)) {
      assertEquals(each.label().equals(note), quote.has(each));
    }
    assertEquals(note.isEmpty(), quote.isExact());
  }

  @Test
  void aRowForAnyProviderOfALaterBookStandsBehindTheVendorsOwn() {
    String any = "*\tgpt-5.1\tinput\t50\tUSD per 1M tokens\n";
    String own = "openai\tgpt-5.1\tinput\t60\tUSD per 1M tokens\n";
    Path first = Books.write(directory, "own.tsv", Books.HEAD + own);
    Path second = Books.write(directory, "any.tsv", Books.HEAD + any);
    Usage unknown = Books.usage("", "gpt-5.1", 1, 0);
    assertEquals(60_000, Books.load(first, second).price(unknown).nanoUsd());
    assertEquals(50_000, Books.load(second, first).price(unknown).nanoUsd());
    Usage other = Books.usage("acme", "gpt-5.1", 1, 0);
    assertEquals(50_000, Books.load(first, second).price(other).nanoUsd());
    assertTrue(Books.load(first, second).price(other).isExact());
  }

  @Test
  void anAliasOfAnEarlierBookHidesALaterBooksModelOfThatName() {
    String alias = "openai\tm-1\tinput\t1\tUSD per 1M tokens\nopenai\tlatest\talias\tm-1\tmodel\n";
    String model = "acme\tlatest\tinput\t5\tUSD per 1M tokens\n";
    Path first = Books.write(directory, "alias.tsv", Books.HEAD + alias);
    Path second = Books.write(directory, "model.tsv", Books.HEAD + model);
    Usage unknown = Books.usage("", "latest", 1, 0);
    assertEquals(1_000, Books.load(first, second).price(unknown).nanoUsd());
    assertEquals(5_000, Books.load(second, first).price(unknown).nanoUsd());
    Usage told = Books.usage("acme", "latest", 1, 0);
    assertEquals(5_000, Books.load(first, second).price(told).nanoUsd());
  }

  @ParameterizedTest
  @CsvSource({
    "openai, m-any, '', true",
    "openai, M-Any, '', true",
    "langchain, openai/m-any, '', true",
    "openai, m-any-2026-01-01, '', true",
    "openai, m-any-pro, '', true",
    "openai, my-name, '', true",
    "openai, openai/m-own, '', false",
    "acme, m-any, '', false",
    "'', m-any, '', false",
    "openai, whatever, prod-1, false",
  })
  void aVendorThatIsKnownWithoutTheModelGetsAnotherBooksPriceAsAnApproximation(
      String provider, String model, String deployment, boolean borrowed) {
    String own = "openai\tm-own\tinput\t1\tUSD per 1M tokens\n";
    String any =
        """
        *\tm-any\tinput\t2\tUSD per 1M tokens
        *\tm-any-p*\tinput\t2\tUSD per 1M tokens
        *\tm-own\tinput\t2\tUSD per 1M tokens
        *\tmy-name\talias\tm-any\tmodel
        """;
    String first = Books.write(directory, "own.tsv", Books.HEAD + own).toString();
    String second = Books.write(directory, "any.tsv", Books.HEAD + any).toString();
    PriceRules rules = Books.overrides(Map.of("prod-1", "m-any"));
    Usage usage = million(provider, model).text(Fact.DEPLOYMENT, deployment);
    Quote quote = PriceBook.load(List.of(first, second), rules).price(usage);
    assertEquals(model.endsWith("m-own") ? 1_000_000_000 : 2_000_000_000, quote.nanoUsd());
    assertEquals(borrowed, quote.has(Note.PROVIDER_PRICE_MISSING));
    assertEquals(borrowed, !quote.isExact());
    Quote turned = PriceBook.load(List.of(second, first), rules).price(usage);
    assertFalse(turned.has(Note.PROVIDER_PRICE_MISSING), "the book with more weight says any");
  }

  @ParameterizedTest
  @CsvSource({
    "m-latest, '', true",
    "M-Latest, '', true",
    "m-latest@latest, '', true",
    "m, '', true",
    "m-2501, '', false",
    "m-20250101, '', false",
    "m-fixed, '', false",
    "m-2501, m-latest, false",
    "plain, '', false",
    "prod-1, '', false",
    "late-2501, '', false",
    "late, '', true"
  })
  void aNameThatMovesIsNoProofBeforeTheBookSawWhereItLeads(
      String response, String request, boolean undated) {
    String rows =
        """
        x\tm-2501\tinput\t2\tUSD per 1M tokens\t2026-06-01
        x\tm-2501\toutput\t2\tUSD per 1M tokens\t2026-06-02
        x\tm-latest\talias\tm-2501\tmodel\t2026-06-02
        x\tm\talias\tm-2501\tmodel\t2026-06-02
        x\tm-20250101\talias\tm-2501\tmodel\t2026-06-02
        x\tm-latest@latest\tinput\t2\tUSD per 1M tokens\t2026-06-02
        x\tm-fixed\tinput\t2\tUSD per 1M tokens\t2026-06-02
        x\tplain\talias\tm-fixed\tmodel\t2026-06-02
        x\tlate-latest\tinput\t2\tUSD per 1M tokens\t2026-06-02
        x\tlate\talias\tlate-latest\tmodel\t2026-06-02
        x\tlate-2501\talias\tlate-latest\tmodel\t2026-06-02
        """;
    String head = "provider\tmodel\ttoken_class\tprice\tunit\tchecked_at\n";
    String file = Books.write(directory, "moving.tsv", head + rows).toString();
    PriceBook book = PriceBook.load(List.of(file), Books.overrides(Map.of("prod-1", "m-2501")));
    Usage usage = million("x", response).text(Fact.REQUEST_MODEL, request);
    Quote before = book.price(usage.at(Books.nanos("2026-06-01T23:59:59.999999999Z")));
    assertEquals(undated, before.has(Note.ALIAS_UNDATED));
    assertEquals(undated, !before.isExact());
    assertTrue(book.price(usage.at(Books.nanos("2026-06-02T00:00:00Z"))).isExact());
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o-mini-search-preview, true",
    "gpt-4o-search-preview-2025-03-11, true",
    "gpt-5-search-api, true",
    "o3-deep-research, true",
    "Sonar-Pro, true",
    "gpt-4o-mini, false",
    "text-search-ada-doc-001, false"
  })
  void aModelThatAlwaysSearchesCostsMoreThanItsTokens(String model, boolean searches) {
    String rows =
        "*\t"
            + model
            + "\tinput\t1\tUSD per 1M tokens\n*\t"
            + model
            + "\tweb_search\t1\t"
            + "USD per search\n";
    String file = Books.write(directory, "search.tsv", Books.HEAD + rows).toString();
    PriceBook book = PriceBook.load(List.of(file), PriceRules.defaults());
    Quote untold = book.price(million("", model));
    assertEquals(searches, untold.has(Note.FEE_UNREPORTED));
    assertEquals(!searches, untold.isExact());
    for (int told : List.of(0, 2)) {
      assertTrue(book.price(million("", model).count(Count.WEB_SEARCH, told)).isExact());
    }
  }
}
