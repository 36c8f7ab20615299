package dev.tollspan.benchmarks;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tollspan.processors.content.DropContent;
import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.content.Profile;
import dev.tollspan.processors.cost.EstimateCost;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.Decoded;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.LlmField;
import dev.tollspan.spans.SpanBatch;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
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

/** What a span costs inside of the process, step by step; nanoseconds and bytes are per span. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx256m"})
public class SpanPath {
  private static final int SPANS = 512;

  /** Text in each span. */
  @Param({"0", "4096"})
  public int promptBytes;

  private byte[] request = {}; // all fields belong to the benchmark's thread
  private final BatchPool pool = new BatchPool(64 << 20);
  private final KeyTable keys = keys();
  private final EstimateCost cost = new EstimateCost(EstimateCostConfig.defaults(), keys);
  private final DropContent gate = new DropContent(DropContentConfig.defaults(), keys);
  private final DropContent balanced =
      new DropContent(DropContentConfig.of(Profile.BALANCED), keys);

  /** Makes the request. */
  @Setup
  public void request() {
    request = new Shape(SPANS, promptBytes).request(1);
  }

  /** The index pass alone, with the copy into a pooled array that the receiver makes. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public int index() {
    SpanBatch batch = decode();
    int spans = batch.spanCount();
    batch.release();
    return spans;
  }

  /** Index pass, gate and splice. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public int indexAndGate() {
    SpanBatch batch = decode();
    CleanBatch clean = gate.clean(batch);
    batch.release();
    int bytes = clean.byteSize();
    clean.release();
    return bytes;
  }

  /** The same where what is left is searched. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public int indexAndBalancedGate() {
    SpanBatch batch = decode();
    CleanBatch clean = balanced.clean(batch);
    batch.release();
    int bytes = clean.byteSize();
    clean.release();
    return bytes;
  }

  /** Index pass and cost; nothing is written yet. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public int indexAndCost() {
    SpanBatch batch = cost.process(decode());
    int spans = batch.spanCount();
    batch.release();
    return spans;
  }

  /** All that happens between receiver and delivery. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public int indexCostAndGate() {
    SpanBatch batch = cost.process(decode());
    CleanBatch clean = gate.clean(batch);
    batch.release();
    int bytes = clean.byteSize();
    clean.release();
    return bytes;
  }

  /** What parsing alone costs with the generated classes. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public TracesData generatedParse() throws InvalidProtocolBufferException {
    return TracesData.parseFrom(request);
  }

  /** Parsing and serialising with the generated classes, nothing between. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public byte[] generatedParseAndSerialise() throws InvalidProtocolBufferException {
    return TracesData.parseFrom(request).toByteArray();
  }

  /** The same as {@link #indexCostAndGate} with the generated classes. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public byte[] generatedPipeline() throws InvalidProtocolBufferException {
    return GeneratedPipeline.process(TracesData.parseFrom(request)).toByteArray();
  }

  private SpanBatch decode() {
    byte[] bytes = pool.acquire(request.length);
    System.arraycopy(request, 0, bytes, 0, request.length);
    if (SpanBatch.decode(pool, keys, bytes, request.length) instanceof Decoded.Whole whole) {
      return whole.batch();
    }
    throw new IllegalStateException("the benchmark's own request was refused");
  }

  private static KeyTable keys() {
    List<String> all = new ArrayList<>(LlmField.allKeys());
    all.addAll(EstimateCost.keys(EstimateCostConfig.defaults()));
    all.addAll(DropContent.keys(DropContentConfig.defaults()));
    return KeyTable.of(all);
  }
}
