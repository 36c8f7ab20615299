package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.journal.Journal;
import dev.tollspan.journal.JournalConfig;
import dev.tollspan.journal.Reader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  private enum Heap implements Reader.Buffers {
    ARRAYS;

    @Override
    public byte[] acquire(int bytesMin) {
      return new byte[bytesMin];
    }

    @Override
    public void release(byte[] array, int used) {}
  }

  @TempDir private Path data;

  private final Shell shell = new Shell();

  @Test
  void showsTheBooksOfEachExporter() throws Exception {
    Path folder = data.resolve("journal/traces");
    try (Journal journal =
        Journal.open(
            folder,
            JournalConfig.defaults(),
            Set.of("ndjson"),
            System::nanoTime,
            InstantSource.system())) {
      journal.append(new byte[10], 0, 10, 1_005);
      Reader reader = journal.reader("ndjson");
      reader.next(Heap.ARRAYS, 1, Duration.ofSeconds(20));
      reader.commit(1, Map.of("refused_by_destination", 5L));
      journal.tally(() -> Map.of("rejected otlp invalid_span", 3L, "odd otlp", 4L));
    }
    Files.writeString(
        data.resolve("spans-0001a2b3c4d5e6f7-000000000001-000000000009.ndjson"), "\n");
    assertEquals(ExitCode.OK, shell.tollspan("doctor", "--data", data.toString()), shell.err());
    String out = shell.out();
    assertTrue(
        out.contains("journal in " + folder + ": 1,005 spans stored so far, 1 segment, "), out);
    assertTrue(out.contains("  3 spans rejected: otlp invalid_span\n"), out);
    assertTrue(
        out.contains(
            "  ndjson: 1,005 spans accepted = 1,000 delivered + 0 pending + 5 dropped"
                + " {refused_by_destination=5}\n"),
        out);
    assertTrue(out.contains("NDJSON in " + data + ": 1 file, 0.0 MiB\n"), out);
    assertTrue(out.endsWith("\nall is in order\n"), out);
  }

  @Test
  void endsWithOneIfAnythingIsWrong() throws IOException {
    Path file = data.resolve("spans-0001a2b3c4d5e6f7-000000000001-000000000009.ndjson");
    Files.writeString(file, "{\"a\":1}\n{\"a\"");
    assertEquals(ExitCode.FAILED, shell.tollspan("doctor", "--data", data.toString()));
    assertTrue(shell.out().contains("\nWRONG: " + file + " is not whole"), shell.out());
    assertTrue(shell.out().endsWith("\n1 wrong\n"), shell.out());
  }

  @Test
  void saysThatAProcessIsAtWorkAndThatNobodyHasAPlace() throws IOException {
    try (Journal journal =
        Journal.open(
            data, JournalConfig.defaults(), Set.of(), System::nanoTime, InstantSource.system())) {
      journal.append(new byte[10], 0, 10, 1);
      assertEquals(ExitCode.OK, shell.tollspan("doctor", "--data", data.toString()), shell.err());
      String out = shell.out();
      assertTrue(out.contains(": 1 span stored so far, 1 segment, "), out);
      assertTrue(out.contains("\n  no exporter has a place in it: a start begins"), out);
      String last = "\nall is in order, as far as it can be told while a process is at work\n";
      assertTrue(out.endsWith(last), out);
    }
  }

  @Test
  void itsHelpNamesTheDefaultOfItsDirectory() {
    assertEquals(ExitCode.OK, shell.tollspan("help", "doctor"));
    assertTrue(shell.out().contains("Default: the current directory."), shell.out());
  }

  @Test
  void saysWhenThereIsNothingToLookAt() {
    assertEquals(ExitCode.OK, shell.tollspan("doctor", "--data", data.toString()));
    assertTrue(
        shell.out().startsWith("there is no journal and no file of spans in " + data), shell.out());
    shell.clearOut();
    String absent = data.resolve("absent").toString();
    assertEquals(ExitCode.FAILED, shell.tollspan("doctor", "--data", absent));
    assertEquals("tollspan: there is no directory " + absent + "\n", shell.err());
  }
}
