package dev.tollspan.exporters.parquet;

import dev.tollspan.spans.SpanView;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;

/** How files of the lake are laid out below the schema; RATIONALE.md says why. */
final class SpanWriter {
  private static final long ROW_GROUP_BYTES = 8 << 20;
  private static final int PAGE_BYTES = 128 << 10;
  private static final int DICTIONARY_BYTES = 128 << 10;
  private static final int BLOOM_BYTES_MAX = 128 << 10;
  private static final double BLOOM_FALSE_POSITIVES = 0.01;
  private static final int STATISTICS_TEXT_BYTES = 64;

  /** Nearly every value is another one: a dictionary would be built and thrown away. */
  private static final Set<Column> WITHOUT_DICTIONARY =
      EnumSet.of(
          Column.TRACE_ID,
          Column.SPAN_ID,
          Column.PARENT_SPAN_ID,
          Column.START_TIME,
          Column.END_TIME,
          Column.START_UNIX_NANO,
          Column.DURATION_NS,
          Column.REQUEST_ID,
          Column.ESTIMATED_COST_USD,
          Column.ESTIMATED_COST_NANOUSD,
          Column.QUEUE_NS,
          Column.PREFILL_NS,
          Column.DECODE_NS,
          Column.TTFT_NS,
          Column.TPOT_NS,
          Column.OUTPUT_TOKENS_PER_S);

  /** Columns of nested fields whose smallest and largest value nobody asks for. */
  private static final List<String> WITHOUT_STATISTICS =
      List.of(
          "attributes.key_value.key",
          "attributes.key_value.value",
          "resource_attributes.key_value.key",
          "resource_attributes.key_value.value",
          "events.list.element.attributes.key_value.key",
          "events.list.element.attributes.key_value.value",
          "links.list.element.attributes.key_value.key",
          "links.list.element.attributes.key_value.value");

  private SpanWriter() {}

  /** A writer of one file. The caller closes it, or after any failure forgets it. */
  static ParquetWriter<SpanView> open(
      OutputFile file, WriteSupport<SpanView> support, CompressionCodecFactory pages)
      throws IOException {
    return options(new Builder(file, support), pages, new PlainParquetConfiguration()).build();
  }

  /** Sets everything that does not depend on what feeds the writer. */
  static <T, B extends ParquetWriter.Builder<T, B>> B options(
      B builder, CompressionCodecFactory pages, ParquetConfiguration configuration) {
    String traceId = Column.TRACE_ID.label;
    builder
        .withConf(configuration)
        .withCodecFactory(pages)
        .withCompressionCodec(CompressionCodecName.ZSTD)
        .withWriterVersion(WriterVersion.PARQUET_2_0)
        .withRowGroupSize(ROW_GROUP_BYTES)
        .withPageSize(PAGE_BYTES)
        .withDictionaryPageSize(DICTIONARY_BYTES)
        .withPageWriteChecksumEnabled(true)
        .withSizeStatisticsEnabled(false)
        .withStatisticsTruncateLength(STATISTICS_TEXT_BYTES)
        .withMaxBloomFilterBytes(BLOOM_BYTES_MAX)
        .withBloomFilterEnabled(traceId, true)
        .withBloomFilterFPP(traceId, BLOOM_FALSE_POSITIVES)
        .withAdaptiveBloomFilterEnabled(true);
    for (Column column : WITHOUT_DICTIONARY) {
      builder.withDictionaryEncoding(column.label, false);
    }
    for (String column : WITHOUT_STATISTICS) {
      builder.withStatisticsEnabled(column, false);
    }
    return builder;
  }

  private static final class Builder extends ParquetWriter.Builder<SpanView, Builder> {
    private final WriteSupport<SpanView> support;

    Builder(OutputFile file, WriteSupport<SpanView> support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in this version of parquet-java
    protected WriteSupport<SpanView> getWriteSupport(Configuration configuration) {
      return support;
    }

    @Override
    protected WriteSupport<SpanView> getWriteSupport(ParquetConfiguration configuration) {
      return support;
    }
  }
}
