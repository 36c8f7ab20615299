package dev.tollspan.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The demo: the pipeline and the inference service as two processes, calls from four tenants, and
 * what the files say afterwards. One run, on one thread; an interrupt ends it.
 */
final class Demo {
  /** Fewer slots than calls at once, so that calls queue. */
  private static final String SLOTS = "4";

  private final DemoFiles files;
  private final List<DemoCall> calls;
  private final boolean keepRunning;
  private final Console console;

  Demo(DemoFiles files, List<DemoCall> calls, boolean keepRunning, Console console) {
    this.files = files;
    this.calls = calls;
    this.keepRunning = keepRunning;
    this.console = console;
  }

  /** Blocks until all is stopped and reported. */
  void run() throws FailedException, InterruptedException {
    try {
      // What the service sent holds prompts, so it lies elsewhere and goes away.
      Path sent = Files.createTempFile("tollspan-demo-sent-", ".ndjson");
      try {
        serve(sent);
        report(sent);
      } finally {
        Files.deleteIfExists(sent);
      }
    } catch (IOException failure) {
      throw new FailedException("cannot read or write a file: " + failure.getMessage(), failure);
    }
  }

  private void serve(Path sent) throws FailedException, InterruptedException, IOException {
    console.err().println("starting the pipeline and the inference service ...");
    List<String> run = List.of("run", "--config", files.config().toString());
    try (Child pipeline = Child.start("pipeline", files.logs().resolve("pipeline.log"), run)) {
      int otlpPort = pipeline.awaitPort();
      List<String> serve =
          List.of(
              "inference",
              "--port=0",
              "--otlp-endpoint=http://127.0.0.1:" + otlpPort,
              "--traces-file=" + sent,
              "--capture-content",
              "--slots=" + SLOTS);
      Path log = files.logs().resolve("inference.log");
      try (Child inference = Child.start("inference service", log, serve)) {
        int port = inference.awaitPort();
        console.err().println("sending " + calls.size() + " calls ...");
        DemoLoad.send(calls, port);
        if (keepRunning) {
          keepRunning(otlpPort, port);
        }
        inference.stop(ExitCode.TERMINATED);
      }
      pipeline.stop(ExitCode.OK);
    }
    console.err().println("both stopped");
  }

  private void keepRunning(int otlpPort, int port) {
    console
        .err()
        .printf(
            """
            serving until Ctrl-C; spans over OTLP/gRPC: listening on 127.0.0.1:%d; a call:
              curl -d '{"model":"mistral-7b","prompt":"Hello","user":"acme"}' \
            http://127.0.0.1:%d/v1/completions
            """,
            otlpPort, port);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      console.err().println("stopping ...");
    }
  }

  private void report(Path sent) throws FailedException, IOException {
    List<SpanRow> written = SpanRow.read(files.ndjsonFiles());
    DemoProof proof = new DemoProof(files, Marks.search(calls));
    String balance = proof.countSpans(SpanRow.read(List.of(sent)), written, keepRunning);
    String report = DemoReport.of(written);
    String removed = proof.searchMarks(written, sent, report);
    console.out().print(report);
    console.out().printf("%nremoved%n  %s%n%nspans%n  %s%n%n", removed, balance);
    console.out().print(whereFilesAre());
  }

  private String whereFilesAre() {
    return "files\n  NDJSON   "
        + (files.ndjson() + "\n  Parquet  " + files.lake() + "\n  ask      duckdb -c \"")
        + (query(files.lake()) + "\"\n");
  }

  /** Cost by tenant, asked of the lake, and of how many calls it is not known. */
  static String query(Path lake) {
    return """
    SELECT tenant_id, count(*) AS calls, \
    sum(coalesce(estimated_cost_nanousd, (provider_cost_usd * 1e9)::BIGINT)) / 1e9 AS usd, \
    count(*) FILTER (estimated_cost_nanousd IS NULL AND provider_cost_usd IS NULL) AS unpriced \
    FROM '%s/**/*.parquet' WHERE cost_role = 'billable' GROUP BY tenant_id \
    ORDER BY usd DESC NULLS LAST"""
        .formatted(lake);
  }
}
