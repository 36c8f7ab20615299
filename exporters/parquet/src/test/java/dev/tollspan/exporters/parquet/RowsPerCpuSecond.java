package dev.tollspan.exporters.parquet;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.hadoop.ParquetWriter;

/**
 * Measures the exporter beside AvroParquetWriter of the same schema and options, in turns. The
 * other side is handed finished records, so what it costs to build them is not in its figure.
 *
 * <p>Not a test. Arguments: a directory that does not exist yet, and the number of rounds.
 */
final class RowsPerCpuSecond {
  private static final int BATCHES = 100;
  private static final int BATCH_SPANS = 512;
  private static final int ROWS = 4 * BATCHES * BATCH_SPANS;
  private static final long START_NANOS = 1_790_000_000_000_000_000L;
  private static final KeyTable KEYS = Batches.keys(ParquetExporter.keys().toArray(String[]::new));
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Path root;
  private final List<CleanBatch> batches = new ArrayList<>();
  private final Random random = new Random(1);
  private List<GenericRecord> records = List.of();
  private long wireBytes;

  private RowsPerCpuSecond(Path root) {
    this.root = root;
  }

  public static void main(String[] args) throws Exception {
    new RowsPerCpuSecond(Files.createDirectory(Path.of(args[0]))).run(Integer.parseInt(args[1]));
  }

  private void run(int rounds) throws Exception {
    for (int i = 0; i < BATCHES; i++) {
      CleanBatch batch = Batches.clean(KEYS, message(i));
      wireBytes += batch.byteSize();
      batches.add(batch);
    }
    Path lake = root.resolve("lake");
    exporter(lake);
    records = LakeReader.records(lake).subList(0, BATCHES * BATCH_SPANS);
    System.out.printf(
        Locale.ROOT,
        "%d bytes a span on the wire, %.1f in the file%n",
        wireBytes / (BATCHES * BATCH_SPANS),
        (double) size(lake) / ROWS);
    for (int round = 0; round < rounds; round++) {
      measure("exporter, SpanView", () -> exporter(root.resolve("lake")));
      measure("AvroParquetWriter, GenericRecord", () -> avro(root.resolve("avro.parquet")));
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void measure(String name, Work work) throws Exception {
    long thread = Thread.currentThread().threadId();
    long bytes = THREADS.getThreadAllocatedBytes(thread);
    long nanos = THREADS.getCurrentThreadCpuTime();
    work.run();
    nanos = THREADS.getCurrentThreadCpuTime() - nanos;
    bytes = THREADS.getThreadAllocatedBytes(thread) - bytes;
    System.out.printf(
        Locale.ROOT,
        "%-34s %,9.0f rows/CPU-s %,7d B/row%n",
        name,
        ROWS * 1e9 / nanos,
        bytes / ROWS);
  }

  private void exporter(Path lake) throws Exception {
    for (Path file : LakeReader.files(lake)) {
      Files.delete(file);
    }
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(START_NANOS / 1_000_000_000));
    ParquetConfig config = new ParquetConfig(lake, Duration.ofHours(1), 128L << 20, 1_000_000);
    try (ParquetExporter exporter = new ParquetExporter(config, KEYS, clock)) {
      for (int rows = 0; rows < ROWS; ) {
        for (CleanBatch batch : batches) {
          if (exporter.export(List.of(batch)) != Outcome.ACCEPTED) {
            throw new IllegalStateException("not accepted");
          }
          rows += batch.spanCount();
        }
      }
    }
  }

  private void avro(Path file) throws Exception {
    Files.deleteIfExists(file);
    try (ZstdPages pages = new ZstdPages();
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ParquetWriter<GenericRecord> writer =
          SpanWriter.options(
                  AvroParquetWriter.<GenericRecord>builder(new FileStream(channel).file())
                      .withSchema(SpanLayout.avro())
                      .withDataModel(GenericData.get()),
                  pages,
                  SpanLayout.conversion())
              .build();
      for (int rows = 0; rows < ROWS; rows += records.size()) {
        for (GenericRecord record : records) {
          writer.write(record);
        }
      }
      writer.close();
      channel.force(true);
    }
  }

  private static long size(Path lake) throws Exception {
    long size = 0;
    for (Path file : LakeReader.files(lake)) {
      size += Files.size(file);
    }
    return size;
  }

  private TracesData message(int batch) {
    ResourceSpans.Builder resource = ResourceSpans.newBuilder();
    resource
        .getResourceBuilder()
        .addAttributes(text("service.name", "chat-" + batch % 5))
        .addAttributes(text("service.instance.id", "chat-" + batch % 20))
        .addAttributes(text("k8s.pod.name", "chat-" + batch % 20))
        .addAttributes(text("telemetry.sdk.name", "opentelemetry"))
        .addAttributes(text("telemetry.sdk.language", "python"));
    ScopeSpans.Builder scope = resource.addScopeSpansBuilder();
    scope.getScopeBuilder().setName("opentelemetry.instrumentation.openai").setVersion("0.50");
    for (int i = 0; i < BATCH_SPANS; i++) {
      scope.addSpans(span((long) batch * BATCH_SPANS + i));
    }
    return TracesData.newBuilder().addResourceSpans(resource).build();
  }

  private Span span(long number) {
    long start = START_NANOS + number * 1_000_000 + random.nextInt(1_000_000);
    long input = 100 + random.nextInt(4_000);
    long output = 1 + random.nextInt(800);
    String model = List.of("gpt-4o", "gpt-4o-mini", "claude-sonnet-4").get(random.nextInt(3));
    return Span.newBuilder()
        .setTraceId(id(16))
        .setSpanId(id(8))
        .setParentSpanId(id(8))
        .setName("chat " + model)
        .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
        .setStartTimeUnixNano(start)
        .setEndTimeUnixNano(start + 500_000_000 + random.nextInt(2_000_000_000))
        .setStatus(Status.newBuilder().setCodeValue(random.nextInt(20) == 0 ? 2 : 1))
        .addAttributes(text("gen_ai.operation.name", "chat"))
        .addAttributes(text("gen_ai.provider.name", "openai"))
        .addAttributes(text("gen_ai.request.model", model))
        .addAttributes(text("gen_ai.response.model", model + "-2026-01-01"))
        .addAttributes(number("gen_ai.usage.input_tokens", input))
        .addAttributes(number("gen_ai.usage.output_tokens", output))
        .addAttributes(number("gen_ai.request.max_tokens", 1_024))
        .addAttributes(real("gen_ai.latency.time_to_first_token", random.nextInt(500) / 1e3))
        .addAttributes(text("tenant.id", "tenant-" + random.nextInt(50)))
        .addAttributes(
            text("gen_ai.response.id", "chatcmpl-" + Long.toHexString(random.nextLong())))
        .addAttributes(real("gen_ai.request.temperature", 0.7))
        .addAttributes(text("server.address", "api.example.com"))
        .addAttributes(number("server.port", 443))
        .addAttributes(text("app.feature", "feature-" + random.nextInt(30)))
        .addAttributes(number("estimated_cost_nanousd", input * 2_500 + output * 10_000))
        .addAttributes(real("estimated_cost_usd", (input * 2_500 + output * 10_000) / 1e9))
        .addAttributes(text("cost.basis", "token_price"))
        .addAttributes(text("cost.match", "exact"))
        .addAttributes(text("cost.role", "billable"))
        .addAttributes(text("cost.price.id", "openai/" + model))
        .addAttributes(text("cost.price.version", "2026-08-01"))
        .build();
  }

  private ByteString id(int length) {
    byte[] id = new byte[length];
    random.nextBytes(id);
    id[0] |= 1;
    return ByteString.copyFrom(id);
  }

  private static KeyValue text(String key, String value) {
    return attribute(key, AnyValue.newBuilder().setStringValue(value));
  }

  private static KeyValue number(String key, long value) {
    return attribute(key, AnyValue.newBuilder().setIntValue(value));
  }

  private static KeyValue real(String key, double value) {
    return attribute(key, AnyValue.newBuilder().setDoubleValue(value));
  }

  private static KeyValue attribute(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }
}
