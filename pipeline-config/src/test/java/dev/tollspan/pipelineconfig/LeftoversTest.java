package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that was killed leaves behind is told by the next. */
class LeftoversTest {
  private static final Logger LOG = Logger.getLogger(Plan.class.getName());
  private static final Formatter MESSAGES = new SimpleFormatter();

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getLevel() + " " + MESSAGES.formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @Test
  void saysHowManyFilesWereRecoveredOrRemoved(@TempDir Path directory) throws IOException {
    Path ndjson = Files.createDirectories(directory.resolve("ndjson"));
    Files.writeString(ndjson.resolve(".spans-80000000000000ff-000000000001.ndjson.part"), "{}\n{");
    Path hour = Files.createDirectories(directory.resolve("lake/spans/date=2026-08-22/hour=07"));
    Files.writeString(hour.resolve(".node-000001-x.parquet.tmp"), "PAR1");
    Files.writeString(hour.resolve(".node-000002-x.parquet.tmp"), "PAR1");
    start(directory);
    assertEquals(
        List.of(
            "WARNING ndjson: 1 files that an earlier process did not finish:"
                + " their whole lines are kept",
            "WARNING parquet: 2 files that an earlier process did not finish:"
                + " they are removed, and their rows are lost"),
        lines);
    assertEquals(0, Leftovers.count(directory.resolve("lake")));
    lines.clear();
    start(directory);
    assertEquals(List.of(), lines);
  }

  private void start(Path directory) throws IOException {
    String text =
        Configs.SMALL
            .replace("grpc:", "grpc: {endpoint: \"127.0.0.1:0\"}")
            .replace("check:", "check: {endpoint: \"127.0.0.1:0\"}")
            .replace("  ndjson:", "  ndjson: {path: %1$s/ndjson}\n  parquet: {path: %1$s/lake}")
            .replace("[ndjson]", "[ndjson, parquet]")
            .formatted(directory);
    LOG.addHandler(handler);
    try (Pipeline pipeline = Pipeline.start(Configs.valid(text))) {
      assertEquals(0, pipeline.ledger().received());
    } finally {
      LOG.removeHandler(handler);
    }
  }
}
