package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.processors.content.DropContent;
import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.content.Profile;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.LlmField;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever has a price may be told: as an attribute, and as the name of a span. */
class PricedModelsTest {
  @ParameterizedTest
  @EnumSource(value = Profile.class, mode = EnumSource.Mode.EXCLUDE, names = "PASSTHROUGH")
  void everyModelOfTheBundledBooksStays(Profile profile) throws IOException {
    DropContentConfig config = DropContentConfig.of(profile);
    List<String> names = new ArrayList<>(LlmField.allKeys());
    names.addAll(DropContent.keys(config));
    KeyTable keys = KeyTable.of(names);
    DropContent gate = new DropContent(config, keys);
    Set<String> models = models();
    assertTrue(models.size() > 3000, "only " + models.size());
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    models.forEach(model -> scope.addSpans(chat(model)));
    TracesData in =
        TracesData.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
            .build();
    BatchPool pool = new BatchPool(8 << 20);
    assertEquals(in, Batches.message(gate.clean(Batches.batch(pool, keys, in.toByteArray()))));
  }

  private static Span chat(String model) {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
        .setSpanId(ByteString.copyFromUtf8("01234567"))
        .setName("chat " + model)
        .addAttributes(Given.text("gen_ai.request.model", model))
        .build();
  }

  /** The second column of each table; a star stands for what customers call theirs. */
  private static Set<String> models() throws IOException {
    Set<String> models = new TreeSet<>();
    for (String book : List.of("builtin.tsv", "tutorial.tsv")) {
      try (InputStream in = PriceBook.class.getResourceAsStream(book)) {
        for (String line : new String(in.readAllBytes(), UTF_8).split("\n", -1)) {
          if (!line.isEmpty() && !line.startsWith("#") && !line.startsWith("provider")) {
            models.add(line.split("\t", -1)[1].replace("*", "acme"));
          }
        }
      }
    }
    return models;
  }
}
