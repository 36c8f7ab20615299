package dev.tollspan.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.detectors.Detectors;
import dev.tollspan.detectors.Finder;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to look for everything in a text of 4 KiB; nanoseconds are per byte. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx256m"})
public class Detect {
  private static final int BYTES = 4096;
  private static final String JSON =
      "{\"gen_ai.request.model\":\"gpt-4o-mini-2024-07-18\",\"trace_id\":"
          + "\"4bf92f3577b34da6a3ce929d0e0e4736\",\"gen_ai.usage.input_tokens\":1234,"
          + "\"start\":1731999999123456789,\"server.address\":\"api.openai.com\"} ";

  private static final Map<String, String> TEXTS =
      Map.of(
          "prose", "The quick brown fox jumps over the lazy dog, while the model explains why. ",
          "json", JSON,
          "json in json", JSON.replace("\"", "\\\""),
          "accents", "W\u00e4hrend das Modell antwortet, f\u00e4llt in M\u00fcnchen Schnee. ",
          "rows of numbers", "12 345 6789 ",
          "hits", "Write to jane.doe@example.com or call +1 212 555 0142 before noon. ");

  /** Which text. */
  @Param({"prose", "json", "json in json", "accents", "rows of numbers", "hits"})
  public String text = "prose";

  private byte[] bytes = {}; // all fields belong to the benchmark's thread
  private final Finder finder = Detectors.all().finder();

  /** Makes the text, which may end within a character. */
  @Setup
  public void fill() {
    bytes = TEXTS.getOrDefault(text, text).repeat(BYTES).substring(0, BYTES).getBytes(UTF_8);
  }

  /** Finds all. */
  @Benchmark
  @OperationsPerInvocation(BYTES)
  public int find() {
    return finder.find(bytes, 0, BYTES, 0);
  }
}
