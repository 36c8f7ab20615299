package dev.tollspan.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.prices.Count;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.SpanView;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileInputTest {
  private static final String USAGE =
      "{\"finishReason\":\"stop\",\"usage\":{\"inputTokens\":1032,\"outputTokens\":73},"
          + "\"raw\":{\"model\":\"m\",\"usage\":{\"prompt_tokens_details\":"
          + "{\"cached_tokens\":512}}},\"text\":\"it's {[( \\\" \\\\\"}";

  private final UsageReader reader = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
  private final Usage usage = new Usage();

  private Reading genkit(String output) {
    SpanView view =
        Spans.view(
            "genkit-tracer",
            Spans.span("genkit:metadata:subtype", "model", "genkit:output", output));
    return reader.read(view, usage);
  }

  @Test
  void readsWhatIsWhole() {
    assertEquals(Fault.NONE, genkit(USAGE).fault());
    assertEquals(1032, usage.count(Count.IN_TOTAL));
    assertEquals(512, usage.count(Count.CACHE_READ));
  }

  @Test
  void readsPythonAsItIsPrinted() {
    String repr =
        "Usage(completion_tokens=56, prompt_tokens=1011, text='it\\'s', "
            + "prompt_tokens_details=PromptTokensDetailsWrapper(audio_tokens=None, "
            + "cached_tokens=700, more=(1, 2), set={3}), x=<Role.A: 'a'>, total_tokens=1067)";
    SpanView view =
        Spans.view("litellm", Spans.span("metadata.usage_object", repr).setName("litellm_request"));
    Reading reading = reader.read(view, usage);
    assertEquals(Fault.NONE, reading.fault());
    assertEquals(1011, usage.count(Count.IN_TOTAL));
    assertEquals(56, usage.count(Count.OUT_TOTAL));
    assertEquals(700, usage.count(Count.CACHE_READ));
  }

  @Test
  void keepsWhatStoodBeforeTheCutAndSaysSo() {
    for (int end = 0; end < USAGE.length(); end++) {
      Reading reading = genkit(USAGE.substring(0, end));
      assertEquals(end > 0, reading.fault() == Fault.PACKED_BROKEN, "cut at " + end);
      long input = usage.count(Count.IN_TOTAL);
      assertTrue(input == Usage.ABSENT || input == 1032, "cut at " + end);
      assertTrue(input == Usage.ABSENT || usage.isApproximate(), "cut at " + end);
    }
  }

  @Test
  void refusesWhatIsTooLong() {
    String filler = "a".repeat(10 << 20);
    Reading reading = genkit("{\"text\":\"" + filler + "\",\"usage\":{\"inputTokens\":1}}");
    assertEquals(Fault.PACKED_TOO_LONG, reading.fault());
    assertFalse(reading.isCounted());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "(", "{\"usage\":", "{\"raw\":{\"usage\":", "{{", "[{"})
  void refusesWhatIsTooDeep(String opening) {
    Fault fault = genkit("{\"usage\":{\"inputTokens\":1},\"x\":" + opening.repeat(10_000)).fault();
    assertEquals(Fault.PACKED_TOO_DEEP, fault);
    assertEquals(1, usage.count(Count.IN_TOTAL));
    genkit(opening.repeat(10_000));
    genkit(opening.repeat(300) + "]".repeat(300));
  }

  @Test
  void survivesAnyTextInAPackedAttribute() {
    Random random = new Random(4);
    String[] pieces = {
      "{",
      "}",
      "[",
      "]",
      "(",
      ")",
      "\"",
      "'",
      "\\",
      ",",
      ":",
      "=",
      "\"usage\"",
      "\"inputTokens\"",
      "usage",
      "raw",
      "-",
      "1",
      "9".repeat(30),
      "null",
      "None",
      " ",
      "\n",
      "\u00e9",
      "1e9"
    };
    for (int run = 0; run < 5000; run++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "{" : "");
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      Reading reading = genkit(text.toString());
      assertEquals(SpanClass.CALL, reading.spanClass());
    }
  }

  @Test
  void findsPackedNumbersInvalidThatAreNoCounts() {
    for (String bad : List.of("-1", "1e3", "0.5", "NaN", "99999999999999999999", "\"-5\"")) {
      assertTrue(genkit("{\"usage\":{\"inputTokens\":" + bad + "}}").isInvalid(), bad);
    }
    for (String none : List.of("null", "true", "\"\"", "{}", "[1]", "\"many\"")) {
      assertFalse(genkit("{\"usage\":{\"inputTokens\":" + none + "}}").isInvalid(), none);
    }
  }

  @Test
  void survivesManyAttributesOfOneKind() {
    Object[] attributes = new Object[4000];
    for (int i = 0; i < attributes.length; i += 2) {
      attributes[i] = i % 4 == 0 ? "model" : "span.type";
      attributes[i + 1] = "x" + i;
    }
    assertEquals(
        SpanClass.NONE, reader.read(Spans.view("app", Spans.span(attributes)), usage).spanClass());
  }

  @Test
  void survivesEveryCombinationOfTypes() {
    Random random = new Random(5);
    List<KeyRow> rows = KeyRow.all(Recordings.CONFIG);
    Object[] values = {
      -1,
      0,
      7,
      Long.MAX_VALUE,
      1.5,
      8.0,
      Double.NaN,
      "",
      "9",
      "-9",
      "x",
      "{",
      true,
      io.opentelemetry.proto.common.v1.AnyValue.getDefaultInstance()
    };
    String[] scopes = {"app", "ai", "genkit-tracer", "openlit.x", "litellm", "codex_exec"};
    for (int run = 0; run < 20_000; run++) {
      Object[] attributes = new Object[2 * (1 + random.nextInt(12))];
      for (int i = 0; i < attributes.length; i += 2) {
        attributes[i] = rows.get(random.nextInt(rows.size())).key();
        attributes[i + 1] = values[random.nextInt(values.length)];
      }
      SpanView view = Spans.view(scopes[random.nextInt(scopes.length)], Spans.span(attributes));
      Reading reading = reader.read(view, usage);
      assertTrue(leavesFit() || reading.isInvalid());
    }
  }

  private boolean leavesFit() {
    long read = usage.countOrZero(Count.CACHE_READ);
    long write = usage.countOrZero(Count.CACHE_WRITE);
    return read + write <= usage.countOrZero(Count.IN_TOTAL)
        && usage.countOrZero(Count.REASONING) <= usage.countOrZero(Count.OUT_TOTAL)
        && usage.countOrZero(Count.CACHE_WRITE_5M) + usage.countOrZero(Count.CACHE_WRITE_1H)
            <= write;
  }
}
