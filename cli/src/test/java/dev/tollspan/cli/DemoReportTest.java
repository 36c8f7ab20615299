package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DemoReportTest {
  @Test
  void drawsATraceAndSumsCostByTenantAndModel() throws Exception {
    assertEquals(Files.readString(resource("demo-report.txt")), DemoReport.of(rows()));
  }

  @Test
  void saysSoWhereNothingHasACost() throws Exception {
    List<SpanRow> unpriced = rows().stream().filter(row -> !row.isPriced()).toList();
    assertThrows(FailedException.class, () -> DemoReport.of(unpriced));
  }

  private static List<SpanRow> rows() throws IOException, URISyntaxException {
    return SpanRow.read(List.of(resource("demo.ndjson")));
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(Objects.requireNonNull(DemoReportTest.class.getResource(name)).toURI());
  }
}
