package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DemoReportTest {
  @Test
  void drawsATraceAndSumsCostByTenantAndModel() throws Exception {
    assertEquals(
        """
        trace aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
          acme asked mistral-7b: 83 tokens in, 20 out, $0.000012300
          inference.request     |########################################|  100.0 ms
            queue               |########                                |   20.0 ms
            tokenize            |        #                               |    0.0 ms
            prefill             |        ################                |   40.0 ms
            decode              |                        ################|   40.0 ms

          cost by tenant      calls   tokens in  tokens out            cost
          acme                    1          83          20    $0.000012300
          globex                  2       1,210           5    $0.000000007  1 unpriced: unknown_model
          all                     3       1,293          25    $0.000012307  1 unpriced: unknown_model

          cost by model       calls   tokens in  tokens out            cost
          gpt-4o-mini             1       1,200           0    $0.000000007
          house-blend-70b         1          10           5               -  1 unpriced: unknown_model
          mistral-7b              1          83          20    $0.000012300
          all                     3       1,293          25    $0.000012307  1 unpriced: unknown_model
        """,
        DemoReport.of(rows()));
  }

  @Test
  void saysSoWhereNothingHasACost() throws Exception {
    List<SpanRow> unpriced = rows().stream().filter(row -> !row.isPriced()).toList();
    assertThrows(FailedException.class, () -> DemoReport.of(unpriced));
  }

  private static List<SpanRow> rows() throws IOException, URISyntaxException {
    Path sample =
        Path.of(
            Objects.requireNonNull(DemoReportTest.class.getResource("demo.ndjson")).toURI());
    return SpanRow.read(List.of(sample));
  }
}
