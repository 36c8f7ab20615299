package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.array;
import static dev.tollspan.processors.content.Given.attribute;
import static dev.tollspan.processors.content.Given.bytes;
import static dev.tollspan.processors.content.Given.clean;
import static dev.tollspan.processors.content.Given.integer;
import static dev.tollspan.processors.content.Given.keys;
import static dev.tollspan.processors.content.Given.map;
import static dev.tollspan.processors.content.Given.real;
import static dev.tollspan.processors.content.Given.span;
import static dev.tollspan.processors.content.Given.string;
import static dev.tollspan.processors.content.Given.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each row of the tables of dialects through the gate: what can hold content loses it, under the
 * emitter's own key and at its place; what counts and names things stays.
 */
class DialectsTest {
  private static final String MARK = "qzxv";

  /** Long enough to go under a key that says nothing. */
  private static final String PROSE =
      "please do remember for me that the secret word is " + MARK + " and keep it safe";

  private static final Map<String, String> NOT_IN_STRICT =
      Map.of(
          "gen_ai.client.estimated_cost", "an amount with its currency is text",
          "logfire.msg_template", "text",
          "logfire.json_schema", "JSON",
          "code.filepath", "paths hold the names of people",
          "lmnr.span.path", "an array",
          "lmnr.span.ids_path", "an array",
          "lk.provider_request_ids", "an array");

  private static final Map<String, String> NOT_IN_BALANCED =
      Map.of(
          "logfire.json_schema", "JSON",
          "gen_ai.client.estimated_cost", "an amount with its currency is text");

  /** Kept as hashes, though the tables know no person in them. */
  private static final Map<String, String> HASHED =
      Map.of(
          "gen_ai.prompt.name", "one emitter puts the session's id into it",
          "metadata.user_api_key_alias", "people name their keys after themselves",
          "retrieval.documents.3.document.id", "documents are called after people");

  /** One row: who writes what, and where. */
  private record Row(String dialect, String where, String key, String meaning, String type) {
    static List<Row> all(String table) {
      List<Row> rows = new ArrayList<>();
      for (String[] row : Tables.rows(table)) {
        if (!row[0].equals("dialect")) {
          rows.add(new Row(row[0], row[1], fill(row[2]), row[3], row[4]));
        }
      }
      return rows;
    }

    private static String fill(String pattern) {
      return pattern
          .replace("<n>", "3")
          .replace("<m>", "1")
          .replace("<provider>", "openai")
          .replace("{task.description}", "Write about " + MARK)
          .replace("{agent.role}", "Senior " + MARK)
          .replace("*", "Write about " + MARK);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Profile.class, mode = EnumSource.Mode.EXCLUDE, names = "PASSTHROUGH")
  void noContentGetsOutUnderAnyKeyOfAnyDialect(Profile profile) {
    DropContentConfig config = DropContentConfig.of(profile);
    KeyTable keys = keys(config);
    DropContent gate = new DropContent(config, keys);
    List<String> leaks = new ArrayList<>();
    List<Row> rows = Row.all("content.tsv");
    for (Row row : rows) {
      String text = row.key().equals("<k>") ? PROSE : MARK;
      String key = row.key().replace("<k>", "some.key");
      for (AnyValue value : shapes(text)) {
        TracesData message = message(row.where(), attribute(key, value));
        CleanBatch out = clean(gate, keys, message);
        if (bytes(out).contains(MARK) || out.spanCount() != 1) {
          leaks.add(row + " as " + value.getValueCase());
        }
      }
    }
    assertEquals(List.of(), leaks);
    assertTrue(rows.size() > 800, "only " + rows.size() + " rows");
    assertEquals(0, gate.failures());
  }

  @ParameterizedTest
  @EnumSource(value = Profile.class, mode = EnumSource.Mode.EXCLUDE, names = "PASSTHROUGH")
  void whatCountsAndNamesThingsStays(Profile profile) {
    DropContentConfig config = DropContentConfig.of(profile);
    Map<String, String> without = profile == Profile.STRICT ? NOT_IN_STRICT : NOT_IN_BALANCED;
    KeyTable keys = keys(config);
    DropContent gate = new DropContent(config, keys);
    List<String> lost = new ArrayList<>();
    int looked = 0;
    for (Row row : Row.all("safe.tsv")) {
      boolean isAttribute = row.where().endsWith("_attribute") && !row.where().startsWith("scope");
      boolean isPacked =
          (row.type().equals("string") && row.meaning().equals("other_quantity"))
              || row.key().contains("#")
              || row.type().matches(".*(JSON|repr|object).*");
      boolean isCallersKey = row.key().endsWith("<k>") && !row.meaning().equals("other_quantity");
      if (isAttribute && !isPacked && !isCallersKey && !without.containsKey(row.key())) {
        looked++;
        String key = row.key().replace("<k>", "input_tokens");
        AnyValue value = plausible(row);
        TracesData out =
            Batches.message(clean(gate, keys, message(row.where(), attribute(key, value))));
        if (!stays(out, row, key, value)) {
          lost.add(row + " with " + value);
        }
      }
    }
    assertEquals(List.of(), lost);
    assertTrue(looked > 750, "only " + looked + " rows");
  }

  /** People and sessions are told by hashes, requests by either, all else as it was. */
  private static boolean stays(TracesData message, Row row, String key, AnyValue value) {
    KeyValue whole = attribute(key, value);
    boolean mustHash = row.meaning().matches("user|session");
    if (!mustHash
        && message.getResourceSpans(0).getResource().getAttributesList().contains(whole)) {
      return true;
    }
    Span span = message.getResourceSpans(0).getScopeSpans(0).getSpans(0);
    boolean isSame =
        span.getAttributesList().contains(whole)
            || (span.getEventsCount() > 0 && span.getEvents(0).getAttributesList().contains(whole));
    boolean mayHash =
        mustHash || row.meaning().equals("request_id") || HASHED.containsKey(row.key());
    return (isSame && !mustHash)
        || (mayHash
            && Given.value(span, key)
                .map(v -> v.getStringValue().matches("hmac:run-[0-9a-f]{8}:[0-9a-f]{32}"))
                .orElse(false));
  }

  private static AnyValue plausible(Row row) {
    return switch (row.type()) {
      case "int" -> integer(123);
      case "double" -> real(0.25);
      case "bool" -> AnyValue.newBuilder().setBoolValue(true).build();
      case "string of digits" -> string("123");
      case "string (Rust Duration Debug)" -> string("45.3ms");
      case "string[]" ->
          row.meaning().equals("finish_reason")
              ? array(string("stop"))
              : array(string("a1"), string("b2"));
      default -> string(plausibleText(row));
    };
  }

  private static String plausibleText(Row row) {
    String key = row.key();
    if (key.matches(".*(time|timestamp)")) {
      return "2026-11-21T16:42:32.123Z";
    }
    if (key.matches(".*(mime_type)")) {
      return "application/json";
    }
    if (key.endsWith("role")) {
      return "user";
    }
    if (key.matches("endpoint|.*api_base")) {
      return "https://api.openai.com/v1/";
    }
    return switch (key) {
      case "seed", "triton.model_version" -> "42";
      case "llmobs.proxy_request" -> "1";
      case "gen_ai.prompt_caching", "gen_ai.request.stream" -> "read";
      case "gen_ai.openai.request.response_format" -> "json_object";
      case "gen_ai.usage.token_type", "llm.usage.token_type" -> "input";
      case "llm.prompt_template.version" -> "1.2";
      case "langfuse.observation.level" -> "ERROR";
      case "traceloop.span.kind", "openinference.span.kind" -> "LLM";
      case "mlflow.spanType" -> "\"CHAT_MODEL\"";
      case "metadata.requester_ip_address", "client.address" -> "203.0.113.9";
      case "user.email", "metadata.user_api_key_user_email" -> "ann@example.org";
      case "genkit:path" -> "/flow/model";
      default ->
          switch (row.meaning()) {
            case "finish_reason" -> "stop";
            case "service_tier" -> "flex";
            case "stream_flag" -> "True";
            case "error" -> "rate_limit_error";
            case "model_request", "model_response" -> "openai/gpt-4o-mini-2024-07-18";
            case "request_id" -> "req_011CSHoEeqs5C35K2UUqR7Fy";
            default -> "acme-7";
          };
    };
  }

  private static List<AnyValue> shapes(String text) {
    return List.of(
        string(text),
        string("{\"role\": \"user\", \"content\": \"" + text + "\"}"),
        string("https://example.org/" + text + "?q=" + text),
        array(string(text)),
        array(array(string(text))),
        map(text("content", text)),
        Given.raw(text));
  }

  private static TracesData message(String where, KeyValue attribute) {
    Span.Builder span = span("chat").toBuilder();
    ResourceSpans.Builder resource = ResourceSpans.newBuilder();
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    switch (where) {
      case "span_attribute" -> span.addAttributes(attribute);
      case "event_attribute" ->
          span.addEvents(Span.Event.newBuilder().setName("e").addAttributes(attribute));
      case "link_attribute" -> span.addLinks(Span.Link.newBuilder().addAttributes(attribute));
      case "resource_attribute" ->
          resource.setResource(Resource.newBuilder().addAttributes(attribute));
      case "scope_attribute" ->
          scope.setScope(InstrumentationScope.newBuilder().addAttributes(attribute));
      case "span_name" -> span.setName(attribute.getKey());
      case "event_name" ->
          span.addEvents(
              Span.Event.newBuilder()
                  .setName(attribute.getKey())
                  .addAttributes(attribute("content", attribute.getValue())));
      default -> throw new AssertionError("a place that the test does not know: " + where);
    }
    return TracesData.newBuilder()
        .addResourceSpans(resource.addScopeSpans(scope.addSpans(span)))
        .build();
  }
}
