package dev.tollspan.cli;

import dev.tollspan.pipelineconfig.PipelineConfig;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a pipeline until a signal ends it. Filled by picocli, on the main thread. */
@Command(
    name = "run",
    description = "Runs a pipeline until SIGTERM or Ctrl-C, then drains and exits.")
final class RunCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Optional<PipelineConfig> read = config.read(console);
    return read.isEmpty() ? ExitCode.INVALID : run(read.get());
  }

  private int run(PipelineConfig pipelineConfig) {
    CountDownLatch asked = new CountDownLatch(1);
    Ending ending = new Ending(asked::countDown);
    return ending.finish(pipelineConfig.hashCode());
  }
}
