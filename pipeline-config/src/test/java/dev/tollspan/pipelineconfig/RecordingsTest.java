package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tollspan.pipelineconfig.Recorded.Request;
import dev.tollspan.pipelineconfig.Recorded.Shown;
import dev.tollspan.receiver.RawClient;
import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenario: what twenty real libraries sent goes through the whole house with the bundled prices
 * and the strict gate.
 *
 * <p>Guarantee: each call has the cost that the vendor's own counts give, wherever they can be
 * derived from its span; nothing else has a cost; what cannot be known has none, and says why. What
 * deviates stands in deviations.tsv, with its cause, and nothing else does.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // so that the pipeline runs once
class RecordingsTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "dialects.md");
  private static final String MARKER = "<!-- recordings: not generated from here on -->\n";
  private static final String COMMAND =
      "mvn -pl pipeline-config -am test -Dtest=RecordingsTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dtollspan.remake=true";
  private static final List<String> CONTENT = List.of("canary-", "ivborw0kggo", "[[fake ");

  private static final List<String> TOKENS =
      List.of(
          "input_tokens",
          "output_tokens",
          "cache_read_tokens",
          "cache_write_tokens",
          "reasoning_tokens");

  private final Map<String, List<byte[]>> messages = Recorded.messages();
  private final Map<String, Shown> shown = Recorded.spans();
  private final Map<String, Told> told = new HashMap<>(); // filled before all tests
  private Path directory; // set before all tests

  /**
   * What a line of the NDJSON file tells of a span's cost; -1 and empty texts: nothing.
   *
   * @param status priced, or why not
   * @param tokens by the order of TOKENS
   */
  private record Told(long nanoUsd, String status, String role, String quality, List<Long> tokens) {
    static Told of(String line) {
      String nanos = find(line, "estimated_cost_nanousd\":([0-9]+)[,}]");
      return new Told(
          nanos.isEmpty() ? -1 : Long.parseLong(nanos),
          find(line, "cost_status\":\"([a-z_]+)\""),
          find(line, "cost_role\":\"([a-z_]+)\""),
          find(line, "cost.quality\":\"([a-z_]+)\""),
          TOKENS.stream().map(name -> number(line, name)).toList());
    }

    private static long number(String line, String name) {
      String digits = find(line, "\"" + name + "\":([0-9]+)[,}]");
      return digits.isEmpty() ? -1 : Long.parseLong(digits);
    }

    boolean isPriced() {
      return nanoUsd >= 0;
    }

    boolean isApproximate() {
      return isPriced() && !quality.equals("exact");
    }
  }

  @BeforeAll
  void sendsAllRecordings(@TempDir Path empty) throws IOException {
    directory = empty;
    Pipeline pipeline = Pipeline.start(Configs.valid(Configs.files(directory)));
    try (pipeline;
        RawClient sender = new RawClient(pipeline.grpcPort())) {
      for (List<byte[]> recording : messages.values()) {
        for (byte[] message : recording) {
          assertEquals(Status.Code.OK, sender.export(message).code());
        }
      }
    }
    assertEquals("", pipeline.ledger().unbalanced());
    assertEquals(Map.of(), pipeline.ledger().rejectedByReason());
    for (String line : lines()) {
      String id = find(line, "^.\"trace_id\":\"([0-9a-f]{32})\"");
      id += " " + find(line, ",\"span_id\":\"([0-9a-f]{16})\"");
      assertEquals(null, told.put(id, Told.of(line)), "twice: " + id);
    }
  }

  @Test
  void losesNoSpanAndMakesNone() {
    assertEquals(20, messages.size());
    List<String> sent = new ArrayList<>();
    messages.values().forEach(recording -> sent.addAll(RecordedBill.ids(recording)));
    assertEquals(Set.copyOf(sent), told.keySet());
    assertTrue(told.keySet().containsAll(shown.keySet()));
  }

  @Test
  void readsFromJsonWhatStandsInTheProtobuf() throws InvalidProtocolBufferException {
    for (Map.Entry<byte[], byte[]> sent : Recorded.sentAsJson().entrySet()) {
      TracesData wanted = TracesData.parseFrom(sent.getValue());
      assertEquals(wanted, TracesData.parseFrom(sent.getKey()));
      assertTrue(wanted.getResourceSpansCount() > 0);
    }
  }

  @Test
  void keepsAllContentOut() throws Exception {
    for (List<byte[]> recording : messages.values()) {
      boolean planted = false;
      for (byte[] message : recording) {
        planted |= new String(message, ISO_8859_1).contains("CANARY-");
      }
      assertTrue(planted);
    }
    int files = 0;
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        assertClean(file.toString(), new String(Files.readAllBytes(file), ISO_8859_1));
        files++;
      }
    }
    assertTrue(files >= 2);
    String lake = "from read_parquet('" + directory.resolve("lake") + "/**/*.parquet') t";
    for (String row : query("select t::varchar " + lake)) {
      assertClean("Parquet", row);
    }
  }

  private static void assertClean(String where, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (String mark : CONTENT) {
      assertFalse(lower.contains(mark), () -> mark + " in " + where);
    }
  }

  @Test
  void givesTheSameCostsToParquet() throws SQLException {
    List<String> expected = new ArrayList<>();
    told.forEach(
        (id, span) ->
            expected.add(
                id + " " + (span.isPriced() ? span.nanoUsd() : "none") + " " + span.role()));
    expected.sort(null);
    assertEquals(
        expected,
        query(
            "select id from (select trace_id || ' ' || span_id || ' ' ||"
                + " coalesce(estimated_cost_nanousd::varchar, 'none') || ' ' ||"
                + " coalesce(cost_role, 'none') as id from read_parquet('"
                + directory.resolve("lake")
                + "/**/*.parquet')) order by id"));
  }

  @Test
  void fillsTheTokenColumnsWithWhatTheVendorsServed() throws SQLException {
    List<String> wrong = new ArrayList<>();
    Map<String, List<Long>> inParquet = parquetTokens();
    Map<String, long[]> sums = new TreeMap<>();
    shown.forEach(
        (id, truth) -> {
          Told span = told.get(id);
          assertEquals(span.tokens(), inParquet.get(id), id);
          if (truth.isCall() && truth.sent() && !isSpread(truth)) {
            compare(id, truth, span.tokens(), sums, wrong);
          }
        });
    assertEquals(List.of(), wrong);
    sums.forEach((what, sum) -> assertEquals(sum[0], sum[1], what));
    assertTrue(sums.size() > 50, () -> "only " + sums.keySet());
  }

  /** Whether vLLM answered several times, or several prompts: each has a span of its own then. */
  private static boolean isSpread(Shown truth) {
    Request several = Recorded.REQUESTS.get("vllm 6");
    Request prompts = Recorded.REQUESTS.get("vllm 7");
    return truth.requests().stream().anyMatch(each -> each == several || each == prompts);
  }

  private static void compare(
      String id, Shown truth, List<Long> found, Map<String, long[]> sums, List<String> wrong) {
    long[] served = {
      truth.tokens().input(),
      truth.tokens().output(),
      truth.tokens().read(),
      truth.tokens().write(),
      truth.tokens().reasoning()
    };
    String known = truth.known().substring(0, 4) + truth.known().charAt(5);
    for (int i = 0; i < served.length; i++) {
      boolean given = known.charAt(i) == 'y' && (found.get(i) >= 0 || served[i] != 0);
      if (given) {
        String column = TOKENS.get(i);
        long[] sum = sums.computeIfAbsent(truth.recording() + " " + column, k -> new long[2]);
        sum[0] += served[i];
        sum[1] += found.get(i);
        if (found.get(i) != served[i]) {
          wrong.add(
              truth.recording()
                  + " "
                  + id
                  + " "
                  + column
                  + " "
                  + found.get(i)
                  + ", truly "
                  + served[i]);
        }
      }
    }
  }

  /** By span: its token columns, -1 for null. */
  private Map<String, List<Long>> parquetTokens() throws SQLException {
    StringBuilder columns = new StringBuilder();
    TOKENS.forEach(name -> columns.append(" || ' ' || coalesce(").append(name).append(", -1)"));
    Map<String, List<Long>> tokens = new HashMap<>();
    String from = " from read_parquet('" + directory.resolve("lake") + "/**/*.parquet')";
    for (String row : query("select trace_id || ' ' || span_id" + columns + from)) {
      String[] parts = row.split(" ", -1);
      List<Long> counts = new ArrayList<>();
      for (int i = 2; i < parts.length; i++) {
        counts.add(Long.parseLong(parts[i]));
      }
      tokens.put(parts[0] + " " + parts[1], counts);
    }
    return tokens;
  }

  @Test
  void pricesNothingButCallsAndSaysWhyNot() {
    told.forEach(
        (id, span) -> {
          Shown truth = shown.get(id);
          String what = (truth == null ? "" : truth.recording()) + " " + id + " " + span;
          assertEquals(span.isPriced(), span.status().equals("priced"), what);
          if (truth != null && truth.isCall()) {
            assertEquals("billable", span.role(), what);
            assertFalse(span.status().isEmpty(), what);
          } else {
            assertFalse(span.isPriced(), what);
            assertFalse(span.role().equals("billable"), what);
            boolean wrapper = truth != null && truth.role().equals("wrapper");
            assertTrue(!wrapper || !span.role().equals("none"), what);
          }
        });
  }

  @Test
  void costsWhatTheVendorsServedWhereTheSpanTells() {
    List<String> expected = new ArrayList<>();
    for (String[] row : Recorded.rows(RecordingsTest.class, "deviations.tsv")) {
      expected.add(row[0] + "\t" + row[1] + "\t" + row[2]);
    }
    List<String> found = new ArrayList<>();
    shown.forEach(
        (id, truth) -> {
          String wrong = deviation(truth, told.get(id));
          if (!wrong.isEmpty()) {
            found.add(truth.recording() + "\t" + id.substring(33) + "\t" + wrong);
          }
        });
    messages.forEach((name, recording) -> found.addAll(billedTwice(name, recording)));
    assertEquals(String.join("\n", expected), String.join("\n", found));
  }

  /** The spans that bill a request which another span bills as well, in spite of the trace rule. */
  private List<String> billedTwice(String name, List<byte[]> recording) {
    Set<Request> paid = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<String> billed = RecordedBill.billed(recording);
    List<String> twice = new ArrayList<>();
    for (String id : RecordedBill.ids(recording)) {
      Shown truth = shown.get(id);
      Told span = told.get(id);
      if (truth != null && span.isPriced() && billed.contains(id)) {
        boolean anew = true;
        for (Request request : truth.requests()) {
          anew &= paid.add(request);
        }
        if (!anew) {
          twice.add(name + "\t" + id.substring(33) + "\tbilled again, " + usd(span.nanoUsd()));
        }
      }
    }
    return twice;
  }

  /** In what the cost of a call is not the true one although it could be, or pretends to be. */
  private static String deviation(Shown truth, Told span) {
    if (!truth.isCall()) {
      return "";
    }
    long nanos = truth.nanoUsd();
    boolean knowable = truth.derivable() && truth.sent() && nanos >= 0;
    if (!span.isPriced()) {
      return knowable ? span.status() + ", truly " + usd(nanos) : "";
    }
    String cost = span.quality() + " " + usd(span.nanoUsd());
    if (nanos < 0 || !truth.sent()) {
      return cost + ", truly not to be known";
    }
    boolean admitted = span.isApproximate() && !knowable;
    return span.nanoUsd() == nanos || admitted ? "" : cost + ", truly " + usd(nanos);
  }

  @Test
  void isWhatThePageSays() throws IOException {
    String found = Files.readString(PAGE);
    int end = found.indexOf(MARKER) + MARKER.length();
    assertTrue(end > MARKER.length());
    String wanted = page();
    if (Boolean.getBoolean("tollspan.remake")) {
      Files.writeString(PAGE, found.substring(0, end) + wanted);
      return;
    }
    assertEquals(wanted, found.substring(end), "remake the page: " + COMMAND);
  }

  private String page() throws IOException {
    StringBuilder page = new StringBuilder();
    page.append(
        """

        ## Recordings

        What real libraries sent of calls whose true tokens are known, sent through a pipeline with
        the bundled prices and the strict gate. Made and checked by

        """);
    page.append("    ").append(COMMAND).append('\n');
    page.append(
        """

        - Requests: what reached the vendors, failures among them. Served USD: what the vendors' own
          counts of them cost, also where no span shows the request or the client was not told the
          counts; without models that are in no bundled price book.
        - Told USD: the same of those requests alone whose counts can be derived from a call's span.
        - Priced, approximate: spans. Twice: those of them that show a call once more, by the rule
          for whole traces. Each span is priced from itself alone.
        - Bill USD: the sum of the priced spans without those of the column "twice".
        - Naive USD: each span with a plain attribute for input or output, priced as so much input
          and so much output of the model that truly answered. Counts that are packed in JSON
          (Genkit, Haystack, Langfuse) are not seen by it.
        - Differences are to what was served.

        """);
    page.append("| Recording | Requests | Spans | Priced | Approximate | Twice | Unpriced |");
    page.append(" Served USD | Told USD | Bill USD | Difference | Naive USD | Difference |\n");
    page.append("|---|--:|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|\n");
    long[] sums = new long[9];
    for (String recording : messages.keySet()) {
      page.append(row(recording, sums));
    }
    page.append(row("all", sums, ""));
    page.append("\nCalls whose cost is not what was truly served, and why:\n\n");
    page.append("| Recording | Span | Cost in USD | Cause |\n");
    page.append("|---|---|---|---|\n");
    for (String[] row : Recorded.rows(RecordingsTest.class, "deviations.tsv")) {
      page.append("| %s | `%s` | %s | %s |%n".formatted((Object[]) row));
    }
    return page.toString();
  }

  private String row(String recording, long[] sums) throws IOException {
    List<String> ids = RecordedBill.ids(messages.get(recording));
    Set<String> billed = RecordedBill.billed(messages.get(recording));
    long[] facts = new long[sums.length];
    Map<String, Integer> unpriced = new TreeMap<>();
    for (String id : ids) {
      Told span = told.get(id);
      if (span.isPriced()) {
        facts[2]++;
        facts[3] += span.isApproximate() ? 1 : 0;
        facts[4] += billed.contains(id) ? 0 : 1;
        facts[7] += billed.contains(id) ? span.nanoUsd() : 0;
      } else if (!span.status().isEmpty()) {
        unpriced.merge(span.status(), 1, Integer::sum);
      }
    }
    facts[1] = ids.size();
    for (Map.Entry<String, Request> request : Recorded.REQUESTS.entrySet()) {
      if (request.getKey().startsWith(recording + " ")) {
        facts[0]++;
        facts[5] += Math.max(0, request.getValue().nanoUsd());
        facts[6] += isTold(request.getValue()) ? Math.max(0, request.getValue().nanoUsd()) : 0;
      }
    }
    facts[8] = RecordedBill.naiveNanoUsd(messages.get(recording), shown);
    for (int i = 0; i < sums.length; i++) {
      sums[i] += facts[i];
    }
    List<String> reasons = new ArrayList<>();
    unpriced.forEach((reason, count) -> reasons.add(count + " " + reason));
    return row(recording, facts, String.join(", ", reasons));
  }

  private boolean isTold(Request request) {
    return shown.values().stream()
        .filter(span -> span.isCall() && span.derivable() && span.sent())
        .anyMatch(span -> span.requests().stream().anyMatch(r -> r == request));
  }

  private static String row(String name, long[] facts, String reasons) {
    return "| %s | %d | %d | %d | %d | %d | %s | %s | %s | %s | %s | %s | %s |%n"
        .formatted(
            name,
            facts[0],
            facts[1],
            facts[2],
            facts[3],
            facts[4],
            reasons,
            usd(facts[5]),
            usd(facts[6]),
            usd(facts[7]),
            percent(facts[7], facts[5]),
            usd(facts[8]),
            percent(facts[8], facts[5]));
  }

  private static String usd(long nanos) {
    return BigDecimal.valueOf(nanos, 9).toPlainString();
  }

  private static String percent(long bill, long truth) {
    if (truth == 0 || bill == truth) {
      return bill == truth ? "0" : "";
    }
    return "%+.1f %%".formatted(100.0 * (bill - truth) / truth);
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory.resolve("ndjson"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".ndjson")).toList()) {
        lines.addAll(Files.readAllLines(file, UTF_8));
      }
    }
    return lines;
  }

  private static String find(String line, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(line);
    return matcher.find() ? matcher.group(1) : "";
  }

  private static List<String> query(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }
}
