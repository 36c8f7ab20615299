package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.processors.content.DropContent;
import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.content.Profile;
import dev.tollspan.processors.cost.EstimateCost;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.LlmField;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Scenario: what twenty real libraries sent, with marks in every text that people or models wrote,
 * is priced and goes through a gate.
 *
 * <p>Guarantee: no mark gets out, strict or balanced; every span does, with its token counts.
 */
class RecordedGateTest {
  private static final List<String> MARKS = List.of("canary-", "ivborw0kggo", "[[fake ");
  private static final String COUNT = "(?i).*(_tokens|\\.token_count\\..*|usage\\..*tokens)";

  @ParameterizedTest
  @EnumSource(value = Profile.class, mode = EnumSource.Mode.EXCLUDE, names = "PASSTHROUGH")
  void noMarkGetsOutAndEveryCountDoes(Profile profile) {
    DropContentConfig config = DropContentConfig.of(profile);
    List<String> names = new ArrayList<>(LlmField.allKeys());
    names.addAll(EstimateCost.keys(EstimateCostConfig.defaults()));
    names.addAll(DropContent.keys(config));
    KeyTable keys = KeyTable.of(names);
    EstimateCost cost = new EstimateCost(EstimateCostConfig.defaults(), keys);
    DropContent gate = new DropContent(config, keys);
    BatchPool pool = new BatchPool(1 << 20);
    List<String> wrong = new ArrayList<>();
    int counts = 0;
    for (Map.Entry<String, List<byte[]>> recording : Recorded.messages().entrySet()) {
      for (byte[] message : recording.getValue()) {
        TracesData in = parsed(message);
        TracesData out =
            Batches.message(gate.clean(cost.process(Batches.batch(pool, keys, message))));
        String text = out.toByteString().toString(ISO_8859_1).toLowerCase(Locale.ROOT);
        MARKS.stream().filter(text::contains).forEach(m -> wrong.add(m + recording.getKey()));
        List<Span> before = spans(in);
        List<Span> after = spans(out);
        assertEquals(before.size(), after.size(), recording.getKey());
        for (int i = 0; i < before.size(); i++) {
          assertEquals(before.get(i).getSpanId(), after.get(i).getSpanId());
          List<KeyValue> sent = counts(before.get(i));
          counts += sent.size();
          sent.removeAll(after.get(i).getAttributesList());
          sent.forEach(lost -> wrong.add("lost " + lost + recording.getKey()));
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(counts > 500, "only " + counts + " counts seen");
    assertEquals(0, gate.failures());
  }

  private static List<KeyValue> counts(Span span) {
    List<KeyValue> counts = new ArrayList<>();
    for (KeyValue attribute : span.getAttributesList()) {
      boolean isNumber =
          attribute.getValue().hasIntValue() || attribute.getValue().hasDoubleValue();
      if (isNumber && attribute.getKey().matches(COUNT)) {
        counts.add(attribute);
      }
    }
    return counts;
  }

  private static List<Span> spans(TracesData message) {
    List<Span> spans = new ArrayList<>();
    for (ResourceSpans resource : message.getResourceSpansList()) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        spans.addAll(scope.getSpansList());
      }
    }
    return spans;
  }

  private static TracesData parsed(byte[] message) {
    try {
      return TracesData.parseFrom(message);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
