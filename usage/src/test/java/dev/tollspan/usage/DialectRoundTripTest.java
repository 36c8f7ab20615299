package dev.tollspan.usage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.prices.Fact;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.LlmField;
import dev.tollspan.spans.SpanView;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Writes, from the tables themselves, what each emitter writes, and reads it back. */
class DialectRoundTripTest {
  private static final long VALUE = 4321;
  private static final List<KeyRow> KEYS = KeyRow.all(Recordings.CONFIG);

  private final UsageReader reader = new UsageReader(Recordings.KEYS, Recordings.CONFIG);
  private final Usage usage = new Usage();
  private String scope = "app";
  private String name = "a span";
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private final Resource.Builder resource = Resource.newBuilder();

  static List<String> dialects() {
    return List.copyOf(
        new TreeSet<>(Rows.read("dialects.tsv").stream().map(row -> row[0]).toList()));
  }

  @Test
  void knowsSixtyEmittersAndMore() {
    assertTrue(dialects().size() >= 60, () -> "only " + dialects().size());
  }

  @ParameterizedTest
  @MethodSource("dialects")
  void readsBackEachKeyOfTheDialect(String dialect) {
    int keys = 0;
    for (KeyRow row : KEYS) {
      if (!row.resource() && row.dialects().contains(dialect)) {
        SpanView span = span(dialect, row);
        Reading reading = reader.read(span, usage);
        String what = dialect + " " + row.key() + row.pointer();
        assertEquals(dialect, reading.dialectName(), what);
        assertTrue(tells(span, reading, row.meaning()), what);
        keys++;
      }
    }
    boolean mute = mutes().contains(dialect);
    assertEquals(mute, keys == 0, "keys of " + dialect);
  }

  /** Emitters that are told apart although no key of theirs tells usage. */
  private static List<String> mutes() {
    return List.of(
        "autogen",
        "aws-adot-agentcore",
        "crewai-own",
        "flue",
        "llamaindex",
        "logfire-claude-agent-sdk",
        "openinference-claude-agent-sdk",
        "openllmetry-agno-crewai",
        "openllmetry-langchain",
        "otel-mcp",
        "tgi",
        "weave");
  }

  @Test
  void readsNoBareKeyOutsideItsDialect() {
    for (KeyRow row : KEYS) {
      if (!row.only().isEmpty()) {
        Span.Builder span = Spans.span("gen_ai.tool.name", "t", row.key(), value(row));
        Reading reading = reader.read(Spans.view("app", span), usage);
        assertNotEquals(SpanClass.CALL, reading.spanClass(), row.key());
        assertEquals(false, reading.isCounted(), row.key());
      }
    }
  }

  private SpanView span(String dialect, KeyRow row) {
    scope = "app";
    name = "a span";
    attributes.clear();
    resource.clear();
    recognise(dialect, row);
    attributes.put(row.key(), value(row));
    if (row.meaning() == Meaning.CURRENCY) {
      attributes.put("gen_ai.usage.cost.amount", 0.5);
    }
    if (!dialect.equals("wild-aliases")) {
      attributes.putIfAbsent("gen_ai.operation.name", "chat");
    }
    List<Object> flat = new ArrayList<>();
    attributes.forEach(
        (key, told) -> {
          flat.add(key);
          flat.add(told);
        });
    Span.Builder span = Spans.span(flat.toArray()).setName(name);
    return Spans.view(Recordings.KEYS, resource.build(), scope, span);
  }

  /** Makes the span one of the dialect, by the first row of the table that needs no other key. */
  private void recognise(String dialect, KeyRow wanted) {
    for (String[] row : Rows.read("names.tsv")) {
      if (row[0].equals(dialect) && row[2].equals("call")) {
        name = row[1].replace("*", "x");
        break;
      }
    }
    for (String[] row : Rows.read("dialects.tsv")) {
      if (!row[0].equals(dialect)) {
        continue;
      }
      String text = row[2].replace("*", "x");
      int equals = text.indexOf('=');
      switch (row[1]) {
        case "scope", "host" -> scope = text;
        case "name" -> name = name.equals("a span") ? text : name;
        case "provider" -> attributes.put("gen_ai.provider.name", text);
        case "value" -> attributes.put(text.substring(0, equals), text.substring(equals + 1));
        case "resource" ->
            resource.addAttributes(
                Spans.attribute(text.substring(0, equals), text.substring(equals + 1)));
        default -> {
          boolean packed = text.equals(wanted.key()) && !wanted.pointer().isEmpty();
          if (!packed) {
            attributes.put(text, signal(text));
          }
        }
      }
      return;
    }
  }

  /** A value with which a key says that the span is a call, or any. */
  private static Object signal(String key) {
    for (String[] row : Rows.read("signals.tsv")) {
      if (row[0].equals(key) && row[3].equals("call") && row[1].equals("*")) {
        return row[2].replace("*", "x");
      }
    }
    boolean count =
        KEYS.stream()
            .anyMatch(row -> row.key().equals(key) && row.meaning().kind == Meaning.Kind.COUNT);
    return count ? (Object) 0 : "x";
  }

  private static Object value(KeyRow row) {
    Object value =
        switch (row.meaning().kind) {
          case COUNT, EVIDENCE -> VALUE;
          case SECONDS, COST -> 4321.5;
          case FLAG -> true;
          case TEXT -> row.meaning() == Meaning.CURRENCY ? "USD" : "some-text";
        };
    return row.pointer().isEmpty() ? value : pack(row, value);
  }

  private static String pack(KeyRow row, Object value) {
    boolean python = row.key().equals("metadata.usage_object");
    String quote = python ? "'" : "\"";
    String text = value instanceof String ? quote + value + quote : String.valueOf(value);
    text = python && value instanceof Boolean ? "True" : text;
    for (int i = row.pointer().size() - 1; i >= 0; i--) {
      String segment = row.pointer().get(i);
      boolean index = segment.matches("[0-9]+");
      text =
          index
              ? "[" + "{}, ".repeat(Integer.parseInt(segment)) + text + "]"
              : "{"
                  + quote
                  + "other"
                  + quote
                  + ": [1, 2], "
                  + quote
                  + segment
                  + quote
                  + ": "
                  + text
                  + "}";
    }
    return text;
  }

  private boolean tells(SpanView span, Reading reading, Meaning meaning) {
    return switch (meaning) {
      case INPUT, UNCACHED -> usage.count(dev.tollspan.prices.Count.IN_TOTAL) == VALUE;
      case TOTAL, EVIDENCE, TOOL_LOOP -> reading.spanClass() != SpanClass.STAGE;
      case COST -> reading.reportedCostUsd() == 4321.5;
      case CURRENCY -> reading.reportedCostUsd() == 0.5;
      case CACHE_HIT -> reading.isFromCache();
      case BATCH -> text(Fact.SERVICE_TIER).equals("batch");
      case AUDIO_SECONDS, VIDEO_SECONDS -> usage.count(meaning.count) == 4_321_500_000L;
      case PROVIDER -> text(Fact.PROVIDER).equals("some-text");
      case MODEL_RESPONSE -> text(Fact.RESPONSE_MODEL).equals("some-text");
      case MODEL_REQUEST -> text(Fact.REQUEST_MODEL).equals("some-text");
      case DEPLOYMENT -> text(Fact.DEPLOYMENT).equals("some-text");
      case TIER_RESPONSE, TIER_REQUEST -> text(Fact.SERVICE_TIER).equals("some-text");
      case SPEED -> text(Fact.SPEED).equals("some-text");
      case INFERENCE_GEO -> text(Fact.INFERENCE_GEO).equals("some-text");
      case REGION -> text(Fact.REGION).equals("some-text");
      case FRAMEWORK -> reading.frameworkLength() > 0;
      case RESPONSE_ID ->
          span.text(reading.responseIdOffset(), reading.responseIdLength()).equals("some-text");
      case CALL_ID -> span.text(reading.callIdOffset(), reading.callIdLength()).equals("some-text");
      case REQUEST_ID ->
          span.text(reading.requestIdOffset(), reading.requestIdLength()).equals("some-text");
      default -> usage.count(meaning.count) == VALUE;
    };
  }

  private String text(Fact fact) {
    return new String(
        usage.text(fact),
        usage.textOffset(fact),
        usage.textLength(fact),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  /** So that a column never shows what the counts of a call do not know of. */
  @Test
  void readsEveryAttributeThatFillsAColumn() {
    for (TokenColumn column : TokenColumn.values()) {
      for (String attribute : LlmField.valueOf(column.name() + "_TOKENS").keys()) {
        Reading reading = reader.read(Spans.view("app", Spans.span(attribute, 7)), usage);
        assertEquals(7, usage.count(column.count()), attribute);
        assertTrue(reading.shows(column), attribute);
      }
    }
  }
}
