package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Empty;
import com.google.protobuf.Parser;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.CommonProto;
import io.opentelemetry.proto.common.v1.EntityRef;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.resource.v1.ResourceProto;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TraceProto;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Scenario: one side speaks release 0.19 of the protocol, of which all later ones are extensions.
 * Guarantee: it is understood, and understands what is passed on and answered.
 */
@Tag("G1")
@Timeout(60)
class ReleasesTest {
  /** What came later; the history of the protocol's files tells. */
  private static final Set<String> LATER =
      Set.of(
          "Span.flags",
          "Link.flags",
          "Resource.entity_refs",
          "AnyValue.string_value_strindex",
          "KeyValue.key_strindex");

  private static final TracesData TODAY = today();
  private static final Parser<DynamicMessage> OLD = old();

  @Test
  void anOldClientIsUnderstood() throws Exception {
    byte[] message = OLD.parseFrom(TODAY.toByteString()).toByteArray();
    TracesData meant = TracesData.parseFrom(message);
    assertNotEquals(TODAY, meant);
    try (Station station = new Station();
        RawHttp http = new RawHttp(station.receiver.httpPort())) {
      RawClient.Reply reply = station.client.export(message);
      assertEquals(io.grpc.Status.Code.OK, reply.code());
      assertEquals(200, http.post("application/x-protobuf", message).answer().status());
      assertEquals(2, station.taken.size());
      for (byte[] taken : station.taken) {
        assertEquals(meant, TracesData.parseFrom(taken));
      }
    }
  }

  /** What is taken is what exporters pass on. */
  @Test
  void anOldServerUnderstandsWhatIsPassedOn() throws Exception {
    try (Station station = new Station()) {
      station.client.export(TODAY.toByteArray());
      byte[] taken = station.taken.remove();
      assertEquals(TODAY, TracesData.parseFrom(taken));
      assertEquals(OLD.parseFrom(TODAY.toByteString()), OLD.parseFrom(taken));
    }
  }

  /** Responses were empty once, and clients of that time must read them as such. */
  @Test
  void aClientWithoutPartialSuccessReadsEachAnswer() throws Exception {
    byte[] bad = Requests.message(List.of(Requests.badSpan().build())).toByteArray();
    try (Station station = new Station()) {
      RawClient.Reply all = station.client.export(TODAY.toByteArray());
      assertEquals(0, all.message().length);
      RawClient.Reply none = station.client.export(bad);
      assertEquals(1, none.response().getPartialSuccess().getRejectedSpans());
      assertEquals(io.grpc.Status.Code.OK, none.code());
      assertEquals(Set.of(1), Empty.parseFrom(none.message()).getUnknownFields().asMap().keySet());
    }
  }

  private static TracesData today() {
    KeyValue attribute =
        Requests.attribute("a", "b").toBuilder()
            .setValue(AnyValue.newBuilder().setBytesValue(ByteString.copyFromUtf8("b")))
            .build();
    Span span =
        Requests.span(1)
            .setTraceState("a=b")
            .setParentSpanId(ByteString.copyFromUtf8("parentid"))
            .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
            .addAttributes(attribute)
            .setDroppedAttributesCount(1)
            .addEvents(Span.Event.newBuilder().setName("e").addAttributes(attribute))
            .addLinks(
                Span.Link.newBuilder()
                    .setTraceId(ByteString.copyFromUtf8("sixteen-bytes-id"))
                    .setSpanId(ByteString.copyFromUtf8("linkedid"))
                    .setFlags(0x300))
            .setStatus(Status.newBuilder().setMessage("m").setCodeValue(2))
            .setFlags(0x101)
            .build();
    Resource.Builder resource =
        Resource.newBuilder()
            .addAttributes(attribute)
            .addEntityRefs(EntityRef.newBuilder().setType("service").addIdKeys("a"));
    ScopeSpans.Builder scope =
        ScopeSpans.newBuilder()
            .setScope(InstrumentationScope.newBuilder().setName("s").setVersion("1"))
            .addSpans(span)
            .setSchemaUrl("https://opentelemetry.io/schemas/1.21.0");
    return TracesData.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().setResource(resource).addScopeSpans(scope))
        .build();
  }

  /** Reads as that release did, and forgets what it did not know. */
  private static Parser<DynamicMessage> old() {
    try {
      Set<String> removed = new TreeSet<>();
      FileDescriptor common = old(CommonProto.getDescriptor(), removed);
      FileDescriptor resource = old(ResourceProto.getDescriptor(), removed, common);
      FileDescriptor trace = old(TraceProto.getDescriptor(), removed, common, resource);
      assertEquals(new TreeSet<>(LATER), removed);
      Descriptor type = trace.findMessageTypeByName("TracesData");
      return DiscardUnknownFieldsParser.wrap(
          DynamicMessage.getDefaultInstance(type).getParserForType());
    } catch (DescriptorValidationException e) {
      throw new AssertionError(e);
    }
  }

  private static FileDescriptor old(
      FileDescriptor file, Set<String> removed, FileDescriptor... dependencies)
      throws DescriptorValidationException {
    FileDescriptorProto.Builder proto = file.toProto().toBuilder();
    proto.getMessageTypeBuilderList().forEach(message -> removeLater(message, removed));
    return FileDescriptor.buildFrom(proto.build(), dependencies);
  }

  private static void removeLater(DescriptorProto.Builder message, Set<String> removed) {
    message.getNestedTypeBuilderList().forEach(nested -> removeLater(nested, removed));
    List<FieldDescriptorProto> kept = new ArrayList<>();
    for (FieldDescriptorProto field : message.getFieldList()) {
      String name = message.getName() + "." + field.getName();
      if (LATER.contains(name)) {
        removed.add(name);
      } else {
        kept.add(field);
      }
    }
    message.clearField().addAllField(kept);
  }
}
