package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.cli.CanaryProof.Result;
import dev.tollspan.cli.CanaryReport.Control;
import java.util.List;
import org.junit.jupiter.api.Test;

class CanaryReportTest {
  @Test
  void saysWhichExportersWereRehearsedOverAnotherProtocolAndWhatAroundMeans() {
    Result nothing = new Result(List.of(), List.of(), 0);
    Control control = new Control(nothing, List.of(), List.of());
    List<String> exporters =
        List.of("ndjson", "otlp_grpc/tempo", "otlp_grpc/otlp_http", "otlp_grpc/otlphttp.far");
    String table = new CanaryReport(nothing, new CanaryTally(), control, exporters).table();
    String rest = ": the same spans, forwarded over gRPC in the rehearsal";
    assertEquals(
        List.of(
            "note     otlp_grpc/otlp_http stands for otlp_http" + rest,
            "note     otlp_grpc/otlphttp.far stands for otlphttp/far" + rest),
        table.lines().filter(line -> line.startsWith("note")).toList());
    assertTrue(table.contains("\n(around: the mark is beside the spans,"), table);
  }
}
