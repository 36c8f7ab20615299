package dev.tollspan.cli;

import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows what this is about. Filled by picocli, on the main thread. */
@Command(
    name = "demo",
    description = "Runs the pipeline and a sample service, sends calls, shows what was learned.",
    exitCodeList = {
      ExitCode.OK_TEXT,
      "1:The directory is not empty or cannot be written, or what was found is not as it must be.",
      ExitCode.USAGE_TEXT,
      ExitCode.SIGNAL_TEXT
    })
final class DemoCommand implements Callable<Integer> {
  private static final int CALLS_MAX = 10_000;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--keep-running", description = "Serve on until Ctrl-C.")
  private boolean keepRunning;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where files go; new or empty. Default: tollspan-data/demo-TIME.")
  private @Nullable Path data;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "How many calls, 12 to 10000. Default: 60.")
  private int requests = 60;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Other calls for other seeds. Default: 1.")
  private long seed = 1;

  DemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (requests < DemoCall.CALLS_MIN || requests > CALLS_MAX) {
      throw new ParameterException(
          spec.commandLine(),
          "--requests must be a whole number from " + DemoCall.CALLS_MIN + " to " + CALLS_MAX);
    }
    List<DemoCall> calls = DemoCall.make(requests, seed);
    String stamp = STAMP.format(InstantSource.system().instant());
    Path directory = data == null ? Path.of("tollspan-data", "demo-" + stamp) : data;
    return Ending.ofParent(
        console,
        "the demo",
        () -> {
          new Demo(DemoFiles.in(directory), calls, keepRunning, console).run();
          return ExitCode.OK;
        });
  }
}
