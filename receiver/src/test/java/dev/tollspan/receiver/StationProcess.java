package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;

/** A {@link StationMain} with the flags that the launcher gives it. For one thread. */
final class StationProcess implements AutoCloseable {
  /** What hostile tests do at full size: {@code -Dtollspan.hostile=full}. */
  static final boolean FULL = "full".equals(System.getProperty("tollspan.hostile"));

  private static final int HEAP_MEBIBYTES = 256;
  private static final int DIRECT_MEBIBYTES = 384;
  private static final int REST_MEBIBYTES = 100; // classes, code, stacks

  /** What it may ever have in memory with the usual heap. */
  static final long RESIDENT_MAX =
      (long) (HEAP_MEBIBYTES + DIRECT_MEBIBYTES + REST_MEBIBYTES) << 20;

  /** What the launcher gives. */
  static final int USUAL_HEAP_MEBIBYTES = 384;

  final int tlsPort;
  final int port;
  private final Process process;
  private final BufferedReader out;
  private final Path log;

  /** What the process says of itself, after a garbage collection. */
  record Figures(
      long inFlightBytes,
      long openConnections,
      long heapBytes,
      long directBytes,
      long threads,
      long acceptedSpans,
      long refusedConnections,
      boolean unbalanced) {}

  /** Its standard error goes to this file; the arguments are those of {@link StationMain}. */
  StationProcess(Path log, long inFlightBytes, long spansPerSecond) throws IOException {
    this(log, HEAP_MEBIBYTES, inFlightBytes, spansPerSecond);
  }

  /** The same with another heap. */
  StationProcess(Path log, int heapMebibytes, long inFlightBytes, long spansPerSecond)
      throws IOException {
    this.log = log;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xmx" + heapMebibytes + "m",
            "-XX:MaxDirectMemorySize=" + DIRECT_MEBIBYTES + "m",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dio.grpc.netty.shaded.io.netty.leakDetection.level=disabled",
            "-Dio.grpc.netty.shaded.io.netty.allocator.maxOrder=10"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), StationMain.class.getName()));
    command.addAll(List.of("" + inFlightBytes, "" + spansPerSecond, "" + !FULL));
    process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    out = process.inputReader(UTF_8);
    String line = out.readLine();
    if (line == null) {
      throw new IOException("it did not start: " + log());
    }
    Scanner ports = new Scanner(line);
    tlsPort = ports.nextInt();
    port = ports.nextInt();
  }

  Figures figures() throws IOException {
    return figures("");
  }

  /** The same without what is garbage in memory. */
  Figures settledFigures() throws IOException {
    return figures(StationMain.SETTLE);
  }

  private Figures figures(String asked) throws IOException {
    process.outputWriter(UTF_8).append(asked).append('\n').flush();
    String line = out.readLine();
    if (line == null) {
      throw new AssertionError("the process has ended: " + log());
    }
    Scanner row = new Scanner(line);
    return new Figures(
        row.nextLong(),
        row.nextLong(),
        row.nextLong(),
        row.nextLong(),
        row.nextLong(),
        row.nextLong(),
        row.nextLong(),
        row.nextInt() != 0);
  }

  /** What it has in memory now; 0 where the system does not tell. */
  long residentBytes() throws IOException {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    if (!Files.exists(status)) {
      return 0;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    return 0;
  }

  /** The processor time that it has taken. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() throws IOException {
    process.outputWriter(UTF_8).close();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the process does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
