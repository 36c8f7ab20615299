package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.journal.Reader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start says of the journal that it finds. */
class JournalsTest {
  private static final Logger LOG = Logger.getLogger(Journals.class.getName());
  private static final Formatter MESSAGES = new SimpleFormatter();
  private static final String ALL_THERE = "INFO journal of traces: read in . ms; of 7 spans";

  private enum Heap implements Reader.Buffers {
    ARRAYS;

    @Override
    public byte[] acquire(int bytesMin) {
      return new byte[bytesMin];
    }

    @Override
    public void release(byte[] array, int used) {}
  }

  @TempDir private Path directory;

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          String said = line.getLevel() + " " + MESSAGES.formatMessage(line);
          lines.add(said.replaceFirst("read in \\d+ ms", "read in . ms"));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    LOG.removeHandler(handler);
  }

  @Test
  void saysHowManySpansAreStillToBeDelivered() throws Exception {
    Journals first = open();
    first.of("traces").append(new byte[10], 0, 10, 3);
    first.of("traces").append(new byte[10], 0, 10, 4);
    Reader ndjson = first.of("traces").reader("ndjson");
    ndjson.commit(ndjson.next(Heap.ARRAYS, 1, Duration.ofSeconds(20)).getLast().sequence());
    first.close();
    assertEquals(List.of(), lines);
    Journals second = open();
    assertEquals(List.of(ALL_THERE + " that are there, 4 are still to be delivered"), lines);
    Reader again = second.of("traces").reader("ndjson");
    again.commit(again.next(Heap.ARRAYS, 1 << 20, Duration.ofSeconds(20)).getLast().sequence());
    second.close();
    lines.clear();
    open().close();
    assertEquals(List.of(ALL_THERE + " that are there, 0 are still to be delivered"), lines);
  }

  @Test
  void warnsOfAPlaceThatCannotBeRead() throws Exception {
    Journals first = open();
    first.of("traces").append(new byte[10], 0, 10, 7);
    first.close();
    Path place = directory.resolve("traces/ndjson.cursor");
    Files.write(place, new byte[(int) Files.size(place)]);
    open().close();
    assertEquals(
        List.of(
            "WARNING journal of traces: the place of ndjson cannot be read: it begins again with"
                + " the oldest record, so spans may come again, and its books begin anew",
            ALL_THERE + " that are there, 7 are still to be delivered"),
        lines);
  }

  private Journals open() throws IOException {
    String journal = "  journal: {directory: %s}\n".formatted(directory);
    String text =
        Configs.SMALL
            .replace("  health_check:\n", "  health_check:\n" + journal)
            .replace("[health_check]", "[health_check, journal]");
    return Journals.open(Plan.of(Configs.valid(text)), System::nanoTime, InstantSource.system());
  }
}
