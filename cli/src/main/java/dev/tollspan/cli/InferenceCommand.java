package dev.tollspan.cli;

import dev.tollspan.sampleinferenceservice.InferenceServer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Runs the bundled inference service, which reads its options itself. Filled by picocli, on the
 * main thread.
 */
@Command(
    name = "inference",
    description = "Runs the bundled inference service; --help lists its options.")
final class InferenceCommand implements Callable<Integer> {
  @Parameters(hidden = true)
  private List<String> arguments = List.of();

  @Override
  public Integer call() {
    return InferenceServer.run(arguments.toArray(String[]::new));
  }
}
