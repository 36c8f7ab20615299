package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.keys;
import static dev.tollspan.processors.content.Given.message;
import static dev.tollspan.processors.content.Given.onlySpan;
import static dev.tollspan.processors.content.Given.span;
import static dev.tollspan.processors.content.Given.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tollspan.spans.Additions;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanBatch;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailClosedTest {
  private static final String MARK = "qzxv";

  /** A batch that was indexed with another table: a bug that makes every profile's pass fail. */
  @ParameterizedTest
  @EnumSource(value = Profile.class, mode = EnumSource.Mode.EXCLUDE, names = "PASSTHROUGH")
  void aBatchAtWhichTheGateFailsKeepsIdsTimesAndCounts(Profile profile) {
    DropContentConfig config = DropContentConfig.of(profile);
    KeyTable keys = keys(config);
    List<String> more = new ArrayList<>(DropContent.keys(config));
    for (int i = 0; i < 100; i++) {
      more.add("more." + i);
    }
    DropContent gate = new DropContent(config, keys);
    SpanBatch batch = Batches.batch(Batches.keys(more.toArray(new String[0])), marked());
    Additions additions = batch.startAdditions();
    additions.next();
    additions.add(Additions.Key.of("estimated_cost_usd"), 0.5);
    batch = batch.with(additions);
    CleanBatch clean = gate.clean(batch);
    assertEquals(1, gate.failures());
    assertFalse(Given.bytes(clean).contains(MARK));
    Span in = marked().getResourceSpans(0).getScopeSpans(0).getSpans(0);
    Span out = onlySpan(clean);
    assertEquals(in.getTraceId(), out.getTraceId());
    assertEquals(in.getSpanId(), out.getSpanId());
    assertEquals(in.getStartTimeUnixNano(), out.getStartTimeUnixNano());
    assertEquals(in.getEndTimeUnixNano(), out.getEndTimeUnixNano());
    assertEquals(in.getKind(), out.getKind());
    assertEquals("client", out.getName());
    assertEquals(in.getStatus().getCode(), out.getStatus().getCode());
    assertEquals(in.getEvents(0).getTimeUnixNano(), out.getEvents(0).getTimeUnixNano());
    assertEquals(in.getLinks(0).getSpanId(), out.getLinks(0).getSpanId());
    assertEquals(2, out.getDroppedAttributesCount());
    assertEquals(0.5, Given.value(out, "estimated_cost_usd").orElseThrow().getDoubleValue());
    assertEquals(1, clean.view().spanCount());
  }

  @Test
  void theNextBatchIsCleanedAsEver() {
    DropContentConfig config = DropContentConfig.defaults();
    DropContent gate = new DropContent(config, keys(config));
    KeyTable others = Batches.keys("a", "b");
    List<String> more = new ArrayList<>(DropContent.keys(config));
    more.add("more.99");
    gate.clean(Batches.batch(Batches.keys(more.toArray(new String[0])), marked()));
    Span in = span("chat").toBuilder().addAttributes(text("service.name", "a")).build();
    assertEquals(in, onlySpan(Given.clean(gate, keys(config), message(in))));
    assertEquals(1, gate.failures());
    assertEquals(0, gate.clean(Batches.batch(others, TracesData.getDefaultInstance())).spanCount());
  }

  @Test
  void countsByKindForHealth() {
    DropContentConfig config = DropContentConfig.defaults();
    KeyTable keys = keys(config);
    DropContent gate = new DropContent(config, keys);
    Span in =
        span("chat").toBuilder()
            .addAttributes(text("gen_ai.prompt", "12345"))
            .addAttributes(text("user.id", "ann"))
            .setStatus(Status.newBuilder().setMessage("123"))
            .build();
    Given.clean(gate, keys, message(in));
    Given.clean(gate, keys, message(in));
    Map<String, Long> bytes = gate.removedBytesByKind();
    assertEquals(10L, bytes.get("prompt"));
    assertEquals(6L, bytes.get("other"));
    assertEquals(0L, bytes.get("person"));
    assertEquals(7, bytes.size());
    assertEquals(16, gate.removedBytes());
    assertEquals(4, gate.removedValues());
    assertEquals(2, gate.hashedValues());
    assertEquals(0, gate.failures());
  }

  @Test
  void passthroughKeepsEverythingAndAddsWhatProcessorsAdded() {
    DropContentConfig config = DropContentConfig.of(Profile.PASSTHROUGH);
    KeyTable keys = keys(config);
    DropContent gate = new DropContent(config, keys);
    assertEquals(Profile.PASSTHROUGH, gate.profile());
    assertEquals(marked(), Batches.message(Given.clean(gate, keys, marked())));
    SpanBatch batch = Batches.batch(keys, marked());
    Additions additions = batch.startAdditions();
    additions.next();
    additions.add(Additions.Key.of("estimated_cost_usd"), 0.5);
    Span out = onlySpan(gate.clean(batch.with(additions)));
    assertEquals(3, out.getAttributesCount());
    assertEquals(0, gate.removedValues());
  }

  private static TracesData marked() {
    Span span =
        span(MARK).toBuilder()
            .setTraceState(MARK)
            .setStartTimeUnixNano(5)
            .setEndTimeUnixNano(7)
            .addAttributes(text("service.name", MARK))
            .addAttributes(text("more.99", MARK))
            .addEvents(
                Span.Event.newBuilder()
                    .setTimeUnixNano(6)
                    .setName(MARK)
                    .addAttributes(text("more.98", MARK)))
            .addLinks(
                Span.Link.newBuilder()
                    .setTraceId(span(MARK).getTraceId())
                    .setSpanId(span(MARK).getSpanId())
                    .setTraceState(MARK)
                    .addAttributes(text("more.97", MARK)))
            .setStatus(Status.newBuilder().setMessage(MARK).setCodeValue(2))
            .build();
    return TracesData.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(text("host.name", MARK)))
                .setSchemaUrl(MARK)
                .addScopeSpans(
                    ScopeSpans.newBuilder()
                        .setScope(
                            InstrumentationScope.newBuilder()
                                .setName(MARK)
                                .setVersion(MARK)
                                .addAttributes(text("more.96", MARK)))
                        .setSchemaUrl(MARK)
                        .addSpans(span)))
        .build();
  }
}
