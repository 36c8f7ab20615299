package dev.tollspan.benchmarks.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One life of the pipeline: a process of its own. */
final class Victim {
  private static final long READY_SECONDS_MAX = 60;

  private final Process process;
  private final Ports ports;
  private final long startNanos = System.nanoTime();

  /**
   * Starts it.
   *
   * @param folder for its configuration and log
   * @param config with these ports
   */
  Victim(List<String> command, Path folder, String config, Ports ports) throws IOException {
    this.ports = ports;
    Path file = Files.writeString(folder.resolve("crash.yaml"), config);
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("run", "--config", file.toString()));
    Path log = folder.resolve("victim.log");
    process =
        new ProcessBuilder(all)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  Ports ports() {
    return ports;
  }

  /** Waits until it is ready; how long it took since its start, in nanoseconds. */
  long awaitReady() throws IOException, InterruptedException {
    while (System.nanoTime() - startNanos < TimeUnit.SECONDS.toNanos(READY_SECONDS_MAX)) {
      if (!process.isAlive()) {
        throw new IOException(
            "the pipeline did not start: code " + process.exitValue() + ", see victim.log");
      }
      try {
        Health.ask(ports.health());
        return System.nanoTime() - startNanos;
      } catch (IOException _) {
        Thread.sleep(10);
      }
    }
    throw new IOException("the pipeline is not ready after a minute, see victim.log");
  }

  boolean alive() {
    return process.isAlive();
  }

  /** SIGKILL, for all that it started. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Waits for its end, and gives back its exit code; -1 if it did not end in so many seconds. */
  int awaitEnd(int seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  /** Sends a signal such as TERM, STOP or CONT to the JVM. */
  void signal(String name) throws IOException, InterruptedException {
    Command.run("kill", "-" + name, Long.toString(jvm()));
  }

  /** What the JVM has had of processors up to now. */
  long cpuNanos() {
    return ProcessHandle.of(jvm())
        .flatMap(each -> each.info().totalCpuDuration())
        .orElse(Duration.ZERO)
        .toNanos();
  }

  /** The JVM itself, which may be a child of what was started. */
  long jvm() {
    return process.descendants().findFirst().map(ProcessHandle::pid).orElse(process.pid());
  }
}
