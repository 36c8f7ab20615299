package dev.tollspan.exporters.parquet;

import dev.tollspan.spans.SpanView;
import java.util.HexFormat;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Feeds one file's writer with rows, and tells the footer what the file holds. One thread. */
final class SpanWriteSupport extends WriteSupport<SpanView> {
  static final String PRODUCT = "tollspan.product";
  static final String SCHEMA_VERSION = "tollspan.schema_version";
  static final String ROWS = "tollspan.rows";
  static final String EPOCH = "tollspan.epoch";
  static final String SEQUENCE_FIRST = "tollspan.sequence.first";
  static final String SEQUENCE_LAST = "tollspan.sequence.last";
  static final String START_MIN = "tollspan.start_unix_nano.min";
  static final String START_MAX = "tollspan.start_unix_nano.max";

  private final MessageType schema;
  private final SpanRows rows;
  private @Nullable RowSink sink; // owned by the exporting thread, as are all that follow
  private long ingestMicros;
  private @Nullable FileName name;
  private long count;
  private long startMin = Long.MAX_VALUE;
  private long startMax;

  SpanWriteSupport(MessageType schema, SpanRows rows) {
    this.schema = schema;
    this.rows = rows;
  }

  /** Unix microseconds at which the spans to come were taken. */
  void takenAt(long micros) {
    ingestMicros = micros;
  }

  /** What the file will be called; the footer says the same. */
  void name(FileName name) {
    this.name = name;
  }

  /** How many rows were written without a failure. */
  long count() {
    return count;
  }

  /**
   * Never called: the writer is given a plain configuration.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  @SuppressWarnings("deprecation") // abstract in this version of parquet-java
  public WriteContext init(Configuration configuration) {
    throw new UnsupportedOperationException("there is no Hadoop here");
  }

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    return new WriteContext(schema, Map.of());
  }

  @Override
  public void prepareForWrite(RecordConsumer consumer) {
    sink = new RowSink(consumer);
  }

  @Override
  public void write(SpanView span) {
    RowSink to = sink;
    if (to == null) {
      throw new IllegalStateException("write before prepareForWrite");
    }
    rows.write(to, span, ingestMicros);
    long start = SpanRows.nanos(span.startNanos());
    startMin = Math.min(startMin, start);
    startMax = Math.max(startMax, start);
    count++;
  }

  @Override
  public FinalizedWriteContext finalizeWrite() {
    FileName named = name;
    if (named == null) {
      throw new IllegalStateException("a file ends without a name");
    }
    return new FinalizedWriteContext(
        Map.of(
            PRODUCT, "tollspan",
            SCHEMA_VERSION, Integer.toString(SpanLayout.VERSION),
            EPOCH, HexFormat.of().toHexDigits(named.epoch()),
            SEQUENCE_FIRST, Long.toString(named.first()),
            SEQUENCE_LAST, Long.toString(named.last()),
            ROWS, Long.toString(count),
            START_MIN, Long.toString(startMin),
            START_MAX, Long.toString(startMax)));
  }
}
