package dev.tollspan.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Decoded;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.LlmField;
import dev.tollspan.spans.OtlpJson;
import dev.tollspan.spans.SpanBatch;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
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

/**
 * What OTLP/JSON costs against a well-known parser that does nothing with what it reads, and
 * against the same spans as protobuf; nanoseconds and bytes are per span.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx256m"})
public class JsonPath {
  private static final int SPANS = 512;
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  /** Text in each span. */
  @Param({"0", "4096"})
  public int promptBytes;

  private byte[] protobuf = {}; // all fields belong to the benchmark's thread
  private byte[] json = {};
  private final BatchPool pool = new BatchPool(64 << 20);
  private final KeyTable keys = KeyTable.of(LlmField.allKeys());

  /** Makes the request in both encodings. */
  @Setup
  public void request() throws InvalidProtocolBufferException {
    protobuf = new Shape(SPANS, promptBytes).request(1);
    json = JsonShape.of(TracesData.parseFrom(protobuf));
    if (decodeJson() != SPANS || decodeProtobuf() != SPANS) {
      throw new IllegalStateException("the benchmark's own request was refused");
    }
  }

  /** The parser's tokens, with the place of each text but nothing made of it. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public long jacksonTokens() throws IOException {
    long sum = 0;
    try (JsonParser parser = FACTORY.createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        sum += token == JsonToken.VALUE_STRING ? parser.getTextLength() : 1;
      }
    }
    return sum;
  }

  /** From JSON to an index. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public int json() {
    return decodeJson();
  }

  /** From protobuf to an index. */
  @Benchmark
  @OperationsPerInvocation(SPANS)
  public int protobuf() {
    return decodeProtobuf();
  }

  private int decodeJson() {
    return spans(OtlpJson.decode(pool, keys, copy(json), json.length, bytes -> true));
  }

  private int decodeProtobuf() {
    return spans(SpanBatch.decode(pool, keys, copy(protobuf), protobuf.length));
  }

  private byte[] copy(byte[] request) {
    byte[] bytes = pool.acquire(request.length);
    System.arraycopy(request, 0, bytes, 0, request.length);
    return bytes;
  }

  private static int spans(Decoded decoded) {
    if (decoded instanceof Decoded.Whole whole) {
      int spans = whole.batch().spanCount();
      whole.batch().release();
      return spans;
    }
    return 0;
  }
}
