package dev.tollspan.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of our commands as a process of its own, with our JVM and our class path. A thread copies
 * what it prints into a log file. A Ctrl-C reaches us alone: we stop our children in order.
 */
final class Child implements AutoCloseable {
  private static final int START_SECONDS = 30;
  private static final int STOP_SECONDS = 30;
  private static final Pattern LISTENING = Pattern.compile("listening on \\S*:([0-9]+)");

  private final String name;
  private final Process process;
  private final Thread copier;

  /** The line that says where it listens, or its last one if it ended before. */
  private final BlockingQueue<String> started = new ArrayBlockingQueue<>(1);

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.copier = Thread.ofPlatform().name("demo-log-" + name).start(() -> copy(log));
  }

  static Child start(String name, Path log, List<String> arguments) throws IOException {
    return start(name, log, List.of(), arguments);
  }

  /** The same with further flags for the JVM. */
  static Child start(String name, Path log, List<String> flags, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    // A signal that is ignored stays ignored in what is executed, so Ctrl-C passes the child by.
    command.addAll(List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dio.grpc.netty.shaded.io.netty.leakDetection.level=disabled"));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Tollspan.class.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(variable -> variable.startsWith("OTEL_"));
    return new Child(name, builder.start(), log);
  }

  /** Waits until the process says that it listens; the port. */
  int awaitPort() throws FailedException, InterruptedException {
    return port(awaitListening());
  }

  /** The port in a line that says where a process listens; 0 if it does not. */
  static int port(String line) {
    Matcher listening = LISTENING.matcher(line);
    return listening.find() ? Integer.parseInt(listening.group(1)) : 0;
  }

  /** The same, but the whole line. */
  String awaitListening() throws FailedException, InterruptedException {
    String line = started.poll(START_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new FailedException("the " + name + " did not listen within " + START_SECONDS + " s");
    }
    if (!LISTENING.matcher(line).find()) {
      throw new FailedException("the " + name + " did not start: " + line);
    }
    return line;
  }

  /** Sends SIGTERM and waits for the end; fails unless the process ended with this code. */
  void stop(int code) throws FailedException, InterruptedException {
    // Process.destroy would also close the pipe, and with it lose the last lines.
    process.toHandle().destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      throw new FailedException("the " + name + " did not stop within " + STOP_SECONDS + " s");
    }
    copier.join();
    if (process.exitValue() != code) {
      throw new FailedException("the " + name + " ended with code " + process.exitValue());
    }
  }

  /** Kills a process that still runs. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  private void copy(Path log) {
    String last = "it printed nothing";
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        PrintWriter copy = new PrintWriter(DemoFiles.create(log), true)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line;
        copy.println(line);
        if (LISTENING.matcher(line).find()) {
          started.offer(line);
        }
      }
    } catch (IOException failure) {
      last = "its output cannot be copied to " + log;
    }
    started.offer(last);
  }
}
