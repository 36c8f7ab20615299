package dev.tollspan.cli;

import dev.tollspan.exporters.delivery.Replay;
import dev.tollspan.exporters.delivery.Replay.Listed;
import dev.tollspan.exporters.delivery.Replay.Result;
import dev.tollspan.pipelineconfig.LetterBox;
import dev.tollspan.pipelineconfig.PipelineConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Sends what destinations refused once more, also while the pipeline runs. Filled by picocli, on
 * the main thread.
 */
@Command(
    name = "replay",
    description = {
      "Sends dead letters, which are spans that a destination refused, once more.",
      "A letter is removed once its spans were accepted. The pipeline may run meanwhile."
    },
    exitCodeList = {
      "0:All letters were accepted, or there are none.",
      "1:Some stayed; a sentence for each says why.",
      ExitCode.USAGE_TEXT,
      ExitCode.INVALID_TEXT
    })
final class ReplayCommand implements Callable<Integer> {
  private static final String ROW = "%-12s %-20s %9s %11s %5s  %-14s  %s%n";
  private static final int SAY_EVERY = 100;

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--list", description = "Print what there is, and send nothing.")
  private boolean list;

  @Option(
      names = "--exporter",
      paramLabel = "ID",
      description = "The letters of this exporter. Default: of all.")
  private @Nullable String exporter;

  @Option(
      names = "--to",
      paramLabel = "ENDPOINT",
      description =
          "Another destination, such as http://HOST:PORT, over the exporter's protocol and without"
              + " its headers and logins. Default: that of the exporter.")
  private @Nullable String to;

  private long sentSpans;
  private long sentLetters;
  private long stayed;

  ReplayCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Optional<PipelineConfig> read = config.read(console);
    if (read.isEmpty()) {
      return ExitCode.INVALID;
    }
    try {
      List<LetterBox> boxes = boxes(read.get());
      return list ? list(boxes) : replay(boxes);
    } catch (IOException failure) {
      return console.fail(
          new FailedException("the folder of dead letters cannot be read", failure));
    }
  }

  private List<LetterBox> boxes(PipelineConfig found) throws IOException {
    try {
      return LetterBox.of(found, exporter);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), "--exporter: " + wrong.getMessage(), wrong);
    }
  }

  private int list(List<LetterBox> boxes) throws IOException {
    PrintStream out = console.out();
    long now = Times.now().toEpochMilli();
    long letters = 0;
    for (LetterBox box : boxes) {
      for (Listed each : box.list()) {
        if (letters++ == 0) {
          out.printf(ROW, "pipeline", "exporter", "spans", "bytes", "age", "why", "file");
        }
        out.printf(
            ROW,
            box.pipeline(),
            box.exporter(),
            each.spans() == null ? "?" : Figures.count(each.spans()),
            Figures.count(each.bytes()),
            age(now - each.writtenMillis()),
            each.why().isEmpty() ? "?" : each.why(),
            box.folder().resolve(each.file()));
      }
    }
    if (letters == 0) {
      console.err().println("there are no dead letters");
    }
    return ExitCode.OK;
  }

  private int replay(List<LetterBox> boxes) throws IOException {
    for (LetterBox box : boxes) {
      List<Listed> letters = box.list();
      if (!letters.isEmpty()) {
        replay(box, letters);
      }
    }
    console
        .out()
        .printf(
            "%s spans of %s dead letters were accepted; %s letters stay%n",
            Figures.count(sentSpans), Figures.count(sentLetters), Figures.count(stayed));
    return stayed == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private void replay(LetterBox box, List<Listed> letters) throws IOException {
    String name = "tollspan: " + box.exporter() + ": ";
    try (Replay replay = open(box)) {
      for (int i = 0; i < letters.size(); i++) {
        Listed letter = letters.get(i);
        Result result = replay.send(letter.file());
        sentSpans += result.sent();
        switch (result.end()) {
          case SENT -> sentLetters++;
          case GONE -> {}
          case SHORTENED, REFUSED, UNREADABLE -> {
            stayed++;
            String rest = result.sent() > 0 ? " stays, but for what was accepted: " : " stays: ";
            console.err().println(name + letter.file() + rest + result.reason());
          }
          case IN_VAIN -> {
            int left = letters.size() - i;
            stayed += left;
            console.err().println(name + Figures.count(left) + " stay: " + result.reason());
            return;
          }
        }
        if ((i + 1) % SAY_EVERY == 0) {
          console.err().println(name + (i + 1) + " of " + letters.size() + " letters");
        }
      }
    } catch (FailedException failure) {
      stayed += letters.size();
      console.fail(failure);
    }
  }

  private Replay open(LetterBox box) throws FailedException {
    try {
      return box.open(to, Times::now);
    } catch (IllegalArgumentException wrong) {
      if (to != null) {
        throw new ParameterException(spec.commandLine(), "--to: " + wrong.getMessage(), wrong);
      }
      throw new FailedException(wrong.getMessage(), wrong);
    }
  }

  private static String age(long millis) {
    long seconds = Math.max(0, millis) / 1_000;
    if (seconds < 60) {
      return seconds + "s";
    }
    long minutes = seconds / 60;
    if (minutes < 60) {
      return minutes + "m";
    }
    long hours = minutes / 60;
    return String.format(Locale.ROOT, hours < 48 ? "%dh" : "%dd", hours < 48 ? hours : hours / 24);
  }
}
