package dev.tollspan.cli;

import dev.tollspan.journal.Inspection;
import dev.tollspan.journal.ReaderStatus;
import dev.tollspan.pipelineconfig.Checkup;
import dev.tollspan.pipelineconfig.SpanFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says how the journals and files of pipelines are. Filled by picocli, on the main thread. */
@Command(
    name = "doctor",
    description = {
      "Looks at journals and files, with the books of every exporter, and says what is wrong.",
      "It changes nothing, and a pipeline may be at work there; its own figures are in its health."
    },
    exitCodeList = {
      "0:All is in order.",
      "1:Something is not, or could not be looked at.",
      ExitCode.USAGE_TEXT
    })
final class DoctorCommand implements Callable<Integer> {
  private static final String REJECTED = "rejected ";

  private final Console console;

  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description = "Where journals and files are, at any depth. Default: the current directory.")
  private Path data = Path.of(".");

  DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (!Files.isDirectory(data)) {
      return console.fail(new FailedException("there is no directory " + data));
    }
    try {
      Checkup found = Checkup.of(data, Times.clock());
      found.journals().forEach(this::journal);
      found.files().forEach(this::files);
      if (found.journals().isEmpty() && found.files().isEmpty()) {
        console.out().println("there is no journal and no file of spans in " + data);
      }
      found.findings().forEach(finding -> console.out().println("WRONG: " + finding));
      int wrong = found.findings().size();
      console.out().println(wrong == 0 ? inOrder(found) : Figures.count(wrong) + " wrong");
      return wrong == 0 ? ExitCode.OK : ExitCode.FAILED;
    } catch (IOException failure) {
      return console.fail(new FailedException(data + " cannot be read", failure));
    }
  }

  private static String inOrder(Checkup found) {
    boolean inUse = found.journals().values().stream().anyMatch(Inspection::inUse);
    return "all is in order"
        + (inUse ? ", as far as it can be told while a process is at work" : "");
  }

  private void journal(Path folder, Inspection journal) {
    console
        .out()
        .println(
            ("journal in "
                    + folder
                    + ": "
                    + Figures.count(journal.spans(), "span")
                    + " stored so far, ")
                + (Figures.count(journal.segments(), "segment") + ", ")
                + Figures.bytes(journal.bytes())
                + (journal.inUse() ? "; a process has it open, books of a second ago" : ""));
    rejected(journal.tallied());
    journal.readers().forEach(this::reader);
    if (journal.readers().isEmpty()) {
      console
          .out()
          .println("  no exporter has a place in it: a start begins with the oldest record");
    }
    if (journal.recovery().quarantinedBytes() > 0) {
      console
          .out()
          .println(
              "  damage that was met is kept beside it, in files .damaged: "
                  + Figures.bytes(journal.recovery().quarantinedBytes()));
    }
  }

  private void rejected(Map<String, Long> tallied) {
    tallied.forEach(
        (name, count) -> {
          if (name.startsWith(REJECTED)) {
            console
                .out()
                .println(
                    "  "
                        + Figures.count(count, "span")
                        + " rejected: "
                        + name.substring(REJECTED.length()));
          }
        });
  }

  private void reader(String exporter, ReaderStatus now) {
    long dropped = now.droppedSpans().values().stream().mapToLong(n -> n).sum();
    console
        .out()
        .println(
            ("  " + exporter + ": ")
                + Figures.count(now.deliveredSpans() + now.pendingSpans() + dropped, "span")
                + (" accepted = " + Figures.count(now.deliveredSpans()) + " delivered + ")
                + (Figures.count(now.pendingSpans()) + " pending + ")
                + (Figures.count(dropped) + " dropped")
                + (dropped > 0 ? " " + now.droppedSpans() : ""));
  }

  private void files(String label, SpanFiles files) {
    console
        .out()
        .println(
            (label + ": " + Figures.count(files.count(), "file") + ", ")
                + Figures.bytes(files.bytes())
                + (files.unfinished() > 0
                    ? "; not finished: " + Figures.count(files.unfinished())
                    : ""));
  }
}
