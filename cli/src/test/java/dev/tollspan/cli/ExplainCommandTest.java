package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
  private static final Path RECORDINGS =
      Path.of(
          System.getProperty("tollspan.root"),
          "usage/src/test/resources/dev/tollspan/usage/recordings");
  private static final String BOOK =
      """
      # source=mine version=1
      provider\tmodel\ttoken_class\tprice\tunit
      openai\tm-1\tinput\t2.5\tUSD per 1M tokens
      openai\tm-1\toutput\t10\tUSD per 1M tokens
      """;
  private static final String TRACE = "5b8efff798038103d269b633813fc60c";
  private static final String SPAN =
      """
      {"traceId":"%s","spanId":"%s","parentSpanId":"%s","name":"chat","kind":3,\
      "startTimeUnixNano":"1000","endTimeUnixNano":"2000","attributes":[\
      {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},\
      {"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},\
      {"key":"gen_ai.request.model","value":{"stringValue":"m-1"}},\
      {"key":"gen_ai.usage.input_tokens","value":{"intValue":"1000"}},\
      {"key":"gen_ai.usage.output_tokens","value":{"intValue":100}}]}""";
  private static final String RECORD =
      """
      {"trace_id":"5b8efff798038103d269b633813fc60c","span_id":"eee19b7ec3c1b174",\
      "parent_span_id":"","name":"chat","kind":"Client","start_time_ns":1000,\
      "end_time_ns":2000,"duration_ms":0.001,"status":"OK","service":"","attributes":{\
      "gen_ai.operation.name":"chat","gen_ai.provider.name":"openai",\
      "gen_ai.request.model":"m-1","gen_ai.usage.input_tokens":1000,\
      "gen_ai.usage.output_tokens":100,"estimated_cost_usd":7.5,\
      "cost.basis":"token_price","cost.role":"billable"},"resource":{"service.name":"s"}}""";

  @TempDir private Path directory;

  private final Shell shell = new Shell();

  @Test
  void tellsOfEachSpanWhatItCosts() throws IOException {
    String file = file("traces.jsonl", request(call(1, 0)) + "\n");
    assertEquals(ExitCode.OK, explain("--output", "ndjson", file), shell.err());
    assertEquals(
        "{\"trace_id\":\"5b8efff798038103d269b633813fc60c\",\"span_id\":\"0000000000000001\","
            + "\"billable\":true,\"role\":\"billable\",\"estimated_cost_usd\":\"0.0035\","
            + "\"basis\":\"token_price\",\"quality\":\"exact\",\"match\":\"exact\","
            + "\"price_id\":\"openai/m-1/standard/any/any\",\"dialect\":\"otel-genai-current\","
            + "\"unpriced_reason\":null,\"notes\":[]}\n",
        shell.out());
    assertEquals("1 spans, 1 billable, 1 priced: 0.0035 USD\n", shell.err());
  }

  @Test
  void tellsTheStepsAsText() throws IOException {
    assertEquals(ExitCode.OK, explain(file("a.jsonl", request(call(1, 0)))), shell.err());
    assertTrue(
        shell
            .out()
            .startsWith(
                "trace "
                    + TRACE
                    + " span 0000000000000001: billable, 0.0035 USD exact by"
                    + " token_price\n  span       call by signal"),
        shell.out());
    assertTrue(shell.out().contains("0.0025 + 0.001 = 0.0035 USD"), shell.out());
  }

  @Test
  void billsACallOnceThatTwoSpansOfItsTraceTell() throws IOException {
    // On two lines, as two processes would send them.
    String file = file("a.jsonl", request(call(1, 0)) + "\n" + request(call(2, 1)) + "\n");
    assertEquals(ExitCode.OK, explain("--output", "ndjson", file), shell.err());
    List<JsonNode> spans = spans();
    assertFalse(spans.get(0).path("billable").booleanValue());
    assertEquals("duplicate", spans.get(0).path("role").textValue());
    assertEquals("[\"duplicate of 0000000000000002\"]", spans.get(0).path("notes").toString());
    assertTrue(spans.get(0).path("estimated_cost_usd").isNull());
    assertEquals("0.0035", spans.get(1).path("estimated_cost_usd").textValue());
  }

  @Test
  void whatAnotherSpanBillsIsNotUnpriced() throws IOException {
    String unknown = call(1, 0).replace("m-1", "m-2");
    String file = file("a.jsonl", request(unknown + "," + call(2, 1).replace("m-1", "m-3")));
    assertEquals(ExitCode.OK, explain("--output", "ndjson", file), shell.err());
    assertEquals("duplicate", spans().get(0).path("role").textValue());
    assertTrue(spans().get(0).path("unpriced_reason").isNull());
    assertEquals("unknown_model", spans().get(1).path("unpriced_reason").textValue());
    assertEquals("2 spans, 1 billable, 0 priced: 0 USD\n", shell.err());
  }

  @Test
  void whatSumsUpOtherSpansIsAWrapperWhateverItSaysOfItself() throws IOException {
    String sum = call(1, 0).replace("\"1000\"}", "\"2000\"}").replace(":100}", ":200}");
    String agent = sum.replace("stringValue\":\"chat", "stringValue\":\"invoke_agent");
    String unknown = sum.replace("m-1", "m-2");
    String calls = "," + call(2, 1) + "," + call(3, 1);
    for (String upper : List.of(sum, agent, unknown)) {
      shell.clearOut();
      String file = file("a.jsonl", request(upper + calls));
      assertEquals(ExitCode.OK, explain("--output", "ndjson", file), shell.err());
      JsonNode wrapper = spans().getFirst();
      assertEquals("wrapper", wrapper.path("role").textValue(), upper);
      assertFalse(wrapper.path("billable").booleanValue());
      assertTrue(wrapper.path("estimated_cost_usd").isNull());
      assertEquals("aggregate_span", wrapper.path("unpriced_reason").textValue());
      assertEquals("[\"repeated_below\"]", wrapper.path("notes").toString());
      assertEquals("3 spans, 2 billable, 2 priced: 0.007 USD\n", shell.err());
    }
  }

  @Test
  void readsEveryFormOfTheSameSpan() throws IOException {
    String line = request(call(1, 0));
    String pretty = JsonMapper.builder().build().readTree(line).toPrettyString();
    List<String> files =
        List.of(
            file("pretty.json", pretty + "\n" + pretty),
            gzip("packed.jsonl.gz", line.getBytes(UTF_8)),
            file("blank.jsonl", "\n\r\n  " + line + "  \n\n" + line),
            file("records.ndjson", RECORD + "\n"));
    for (String file : files) {
      shell.clearOut();
      assertEquals(ExitCode.OK, explain("--output", "ndjson", file), shell.err());
      for (JsonNode span : spans()) {
        boolean billed = span.path("billable").booleanValue();
        String cost = billed ? "0.0035" : null;
        assertEquals(cost, span.path("estimated_cost_usd").textValue(), file);
      }
      assertEquals(1, spans().stream().filter(s -> s.path("billable").booleanValue()).count());
    }
  }

  @Test
  void loadsEveryRecording() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(RECORDINGS)) {
      files = all.filter(f -> f.toString().endsWith(".bin.gz")).sorted().toList();
    }
    assertTrue(files.size() > 20, files.toString());
    String[] arguments =
        Stream.concat(Stream.of("explain", "--output=ndjson"), files.stream().map(Path::toString))
            .toArray(String[]::new);
    assertEquals(ExitCode.OK, shell.tollspan(arguments), shell.err());
    BigDecimal sum = BigDecimal.ZERO;
    int billable = 0;
    for (JsonNode span : spans()) {
      billable += span.path("billable").booleanValue() ? 1 : 0;
      if (!span.path("estimated_cost_usd").isNull()) {
        assertTrue(span.path("billable").booleanValue(), span.toString());
        sum = sum.add(new BigDecimal(span.path("estimated_cost_usd").textValue()));
      }
    }
    assertTrue(billable > 200, "billable: " + billable);
    assertTrue(sum.compareTo(new BigDecimal("0.1")) > 0, sum.toString());
    assertTrue(
        shell.err().contains(sum.stripTrailingZeros().toPlainString() + " USD"), shell.err());
  }

  @Test
  void goesOnBehindWhatItCannotRead() throws IOException {
    String good = request(call(1, 0));
    String secret = "SECRET-7";
    String file =
        file(
            "a.jsonl",
            String.join(
                "\n",
                "no json " + secret,
                good,
                "{\"resourceSpans\":[{\"" + secret + "\":}]}",
                "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"" + secret,
                "{\"resourceLogs\":[]}",
                request(SPAN.formatted("00", "", "")),
                "{\"resourceSpans\":[" + "[".repeat(10_000) + "]".repeat(10_000) + "]}",
                good.substring(0, good.length() - 3)));
    assertEquals(ExitCode.FAILED, explain("--output", "ndjson", file));
    assertEquals(1, spans().size());
    List<String> lines = shell.err().lines().toList();
    assertEquals(8, lines.size(), shell.err());
    List<Integer> places = List.of(1, 3, 4, 5, 6, 7, 8);
    for (int i = 0; i < places.size(); i++) {
      assertTrue(lines.get(i).startsWith(file + ":" + places.get(i) + ": "), lines.get(i));
    }
    assertTrue(lines.getLast().endsWith("; 7 problems"), lines.getLast());
    assertFalse(shell.err().contains(secret), shell.err());
  }

  @Test
  void takesLinesOfManyMegabytes() throws IOException {
    String good = request(call(1, 0));
    String big = "{\"x\":\"" + "y".repeat(10 << 20) + "\"," + good.substring(1);
    String tooBig = "{\"x\":\"" + "y".repeat(RequestFile.JSON_BYTES_MAX) + "\"}";
    String file = file("a.jsonl", big + "\n" + tooBig + "\n" + request(call(2, 0)));
    assertEquals(ExitCode.FAILED, explain("--output", "ndjson", file));
    assertEquals(2, spans().size());
    assertTrue(shell.err().startsWith(file + ":2: is larger than 32 MiB\n"), shell.err());
  }

  @Test
  void aFileThatIsNoneIsToldAndTheNextOneRead() throws IOException {
    String good = file("good.jsonl", request(call(1, 0)));
    byte[] packed =
        Files.readAllBytes(Path.of(gzip("whole.gz", Files.readAllBytes(Path.of(good)))));
    Path cut = directory.resolve("cut.gz");
    Files.write(cut, Arrays.copyOf(packed, packed.length / 2));
    String folder = directory.toString();
    String empty = file("empty.jsonl", "");
    String noRequest = file("x.bin", "these are no spans");
    int code =
        explain("--output=ndjson", "missing", folder, cut.toString(), noRequest, empty, good);
    assertEquals(ExitCode.FAILED, code);
    assertEquals(1, spans().size());
    assertTrue(shell.err().contains("missing: no such file\n"), shell.err());
    assertTrue(shell.err().contains(folder + ": is a directory\n"), shell.err());
    assertTrue(shell.err().contains(cut + ": breaks off"), shell.err());
    assertTrue(shell.err().contains(noRequest + ": "), shell.err());
    assertFalse(shell.err().contains(empty), shell.err());
  }

  @Test
  void beyondItsLimitSpansAreJudgedByThemselves() throws IOException {
    Path file = directory.resolve("many.jsonl");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= ExplainReport.SPANS_MAX; i += 1000) {
      StringBuilder spans = new StringBuilder();
      for (int k = 1; k <= 1000; k++) {
        String id = String.format("%016x", i + k);
        spans.append(k == 1 ? "" : ",");
        spans.append("{\"traceId\":\"" + TRACE + "\",\"spanId\":\"" + id + "\"}");
      }
      text.append(request(spans.toString())).append('\n');
    }
    Files.writeString(file, text + request(call(1, 0)) + "\n" + request(call(2, 1)));
    assertEquals(ExitCode.OK, explain("--output=ndjson", file.toString()), shell.err());
    assertTrue(shell.err().startsWith("warning: " + file + ": too many spans"), shell.err());
    assertTrue(shell.err().contains("101,002 spans, 2 billable, 2 priced: 0.007 USD"), shell.err());
  }

  @Test
  void wrongBooksAreTold() {
    assertEquals(ExitCode.INVALID, shell.tollspan("explain", "--prices", "none.tsv", "x"));
    assertTrue(shell.err().startsWith("none.tsv: no such file"), shell.err());
    assertEquals(ExitCode.USAGE, shell.tollspan("explain"));
  }

  private int explain(String... arguments) throws IOException {
    shell.clearErr();
    String book = file("book.tsv", BOOK);
    return shell.tollspan(
        Stream.concat(Stream.of("explain", "--prices", book), Arrays.stream(arguments))
            .toArray(String[]::new));
  }

  private static String call(int id, int parent) {
    String parentId = parent == 0 ? "" : String.format("%016x", parent);
    return SPAN.formatted(TRACE, String.format("%016x", id), parentId);
  }

  private static String request(String spans) {
    return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + spans + "]}]}]}";
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private String gzip(String name, byte[] bytes) throws IOException {
    Path file = directory.resolve(name);
    try (OutputStream packed = new GZIPOutputStream(Files.newOutputStream(file))) {
      packed.write(bytes);
    }
    return file.toString();
  }

  private List<JsonNode> spans() throws IOException {
    List<JsonNode> spans = new java.util.ArrayList<>();
    for (String line : shell.out().lines().toList()) {
      spans.add(JsonMapper.builder().build().readTree(line));
    }
    return spans;
  }
}
