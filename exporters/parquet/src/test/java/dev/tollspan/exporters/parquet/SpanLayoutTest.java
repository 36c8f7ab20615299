package dev.tollspan.exporters.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class SpanLayoutTest {
  @Test
  void derivesTheParquetSchemaThatIsCheckedIn() throws Exception {
    try (InputStream golden =
        SpanLayoutTest.class.getResourceAsStream("span-v1.parquet-schema.txt")) {
      assertEquals(new String(golden.readAllBytes(), UTF_8), SpanLayout.parquet().toString());
    }
  }

  @Test
  void columnsAreInTheOrderOfTheSchema() {
    List<String> fields = SpanLayout.avro().getFields().stream().map(Schema.Field::name).toList();
    assertEquals(fields, Stream.of(Column.values()).map(column -> column.label).toList());
  }
}
