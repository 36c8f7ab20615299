package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens, prices and ids. */
class FiguresTest {
  private static final Tokenizer CL100K = Tokenizer.cl100k();

  @ParameterizedTest
  @CsvSource({
    "'',0",
    "Hello world,2",
    "tiktoken is great!,6",
    "antidisestablishmentarianism,6",
    "2 + 2 = 4,7",
    // A special token is spelled out like any other text.
    "<|endoftext|>,7"
  })
  void countsAsCl100kDoes(String text, int tokens) {
    assertEquals(tokens, CL100K.count(text));
  }

  @ParameterizedTest
  @CsvSource({"'',1", "' \t ',1", "one,1", "' one two  three ',3"})
  void countsWordsWhereTheEncoderFails(String text, int tokens) {
    Tokenizer failing =
        new Tokenizer(
            _ -> {
              throw new IllegalStateException("no encoder");
            });

    assertEquals(tokens, failing.count(text));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-3.5-turbo,1000,1000,0.002",
    "gpt-4o-mini,1000,1000,0.00075",
    "mistral-7b,1000,1000,0.0003",
    "llama-3-8b,1000,1000,0.0003",
    "mistral-7b,0,0,0",
    "gpt-4o-mini,1,0,0.00000015",
    "gpt-4o-mini,3,0,0.00000045",
    "gpt-4o-mini,2147483647,2147483647,1610.61273525"
  })
  void costsWhatTheTableSays(String model, int input, int output, double usd) {
    assertEquals(OptionalDouble.of(usd), Prices.costUsd(model, input, output));
  }

  @Test
  void anUnknownModelHasNoPrice() {
    assertEquals(OptionalDouble.empty(), Prices.costUsd("default", 1, 1));
  }

  @Test
  void seededIdsRepeatAndOthersDoNot() {
    assertEquals(Ids.of(1L).generateTraceId(), Ids.of(1L).generateTraceId());
    assertNotEquals(Ids.of(null).generateTraceId(), Ids.of(null).generateTraceId());
    assertTrue(Ids.of(null).generateTraceId().matches("[0-9a-f]{32}"));
    assertTrue(Ids.of(null).generateSpanId().matches("[0-9a-f]{16}"));
  }
}
