package dev.tollspan.benchmarks;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;

/**
 * The pipeline as one would write it first: parse with the generated classes, estimate, remove,
 * build, serialise, forward. It checks keys and the letters of kept texts as the gate does, but
 * none of the rarer places, so it does less than ours.
 */
final class GeneratedPipeline implements AutoCloseable {
  private static final byte[] NOTHING = {};
  private static final Set<String> KEPT =
      Set.of(
          "service.name",
          "service.version",
          "host.name",
          "gen_ai.operation.name",
          "gen_ai.provider.name",
          "gen_ai.request.model",
          "gen_ai.response.model",
          "gen_ai.response.id",
          "gen_ai.usage.input_tokens",
          "gen_ai.usage.output_tokens",
          "gen_ai.request.max_tokens",
          "tenant.id",
          "http.response.status_code");

  /** What ours writes about a price, ready made as ours is. */
  private static final List<KeyValue> PROVENANCE =
      List.of(
          text("cost.basis", "token_price"),
          text("cost.quality", "exact"),
          text("cost.match", "exact"),
          text("cost.price.id", "builtin/gpt-4o-mini"),
          text("cost.price.source", "builtin"),
          text("cost.price.version", "2026-08"),
          text("cost.role", "billable"));

  private final Server server;
  private final ManagedChannel target;

  GeneratedPipeline(int sinkPort) throws IOException {
    target = NettyChannelBuilder.forAddress("127.0.0.1", sinkPort).usePlaintext().build();
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .maxInboundMessageSize(64 << 20)
            .addService(
                ServerServiceDefinition.builder(
                        "opentelemetry.proto.collector.trace.v1.TraceService")
                    .addMethod(Raw.EXPORT, ServerCalls.asyncUnaryCall(this::export))
                    .build())
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
    target.shutdownNow();
  }

  private void export(byte[] request, StreamObserver<byte[]> answer) {
    byte[] out;
    try {
      out = process(TracesData.parseFrom(request)).toByteArray();
    } catch (InvalidProtocolBufferException e) {
      answer.onError(Status.INVALID_ARGUMENT.asRuntimeException());
      return;
    }
    ClientCalls.blockingUnaryCall(target, Raw.EXPORT, Raw.OPTIONS, out);
    answer.onNext(NOTHING);
    answer.onCompleted();
  }

  private static TracesData process(TracesData in) {
    TracesData.Builder out = TracesData.newBuilder();
    for (ResourceSpans resourceSpans : in.getResourceSpansList()) {
      ResourceSpans.Builder group = ResourceSpans.newBuilder();
      group.setResource(
          Resource.newBuilder()
              .addAllAttributes(kept(resourceSpans.getResource().getAttributesList())));
      for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder().setScope(scopeSpans.getScope());
        for (Span span : scopeSpans.getSpansList()) {
          scope.addSpans(process(span));
        }
        group.addScopeSpans(scope);
      }
      out.addResourceSpans(group);
    }
    return out.build();
  }

  private static Span process(Span span) {
    long input = 0;
    long output = 0;
    String model = "";
    for (KeyValue attribute : span.getAttributesList()) {
      switch (attribute.getKey()) {
        case "gen_ai.usage.input_tokens" -> input = attribute.getValue().getIntValue();
        case "gen_ai.usage.output_tokens" -> output = attribute.getValue().getIntValue();
        case "gen_ai.response.model" -> model = attribute.getValue().getStringValue();
        default -> {}
      }
    }
    List<KeyValue> kept = kept(span.getAttributesList());
    Span.Builder out = span.toBuilder().clearAttributes().clearTraceState().clearStatus();
    out.addAllAttributes(kept);
    out.setDroppedAttributesCount(span.getAttributesCount() - kept.size());
    if (model.equals("gpt-4o-mini")) {
      long nanos = input * 150 + output * 600;
      out.addAttributes(
          KeyValue.newBuilder()
              .setKey("estimated_cost_usd")
              .setValue(AnyValue.newBuilder().setDoubleValue(nanos / 1e9)));
      out.addAttributes(
          KeyValue.newBuilder()
              .setKey("estimated_cost_nanousd")
              .setValue(AnyValue.newBuilder().setIntValue(nanos)));
      out.addAllAttributes(PROVENANCE);
    }
    for (int i = 0; i < span.getEventsCount(); i++) {
      Span.Event event = span.getEvents(i);
      out.setEvents(
          i, event.toBuilder().clearAttributes().addAllAttributes(kept(event.getAttributesList())));
    }
    return out.build();
  }

  private static List<KeyValue> kept(List<KeyValue> attributes) {
    List<KeyValue> kept = new ArrayList<>(attributes.size());
    for (KeyValue attribute : attributes) {
      if (KEPT.contains(attribute.getKey()) && isWord(attribute.getValue())) {
        kept.add(attribute);
      }
    }
    return kept;
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static boolean isWord(AnyValue value) {
    if (!value.hasStringValue()) {
      return true;
    }
    String text = value.getStringValue();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z')
          && !(c >= '0' && c <= '9')
          && !(c >= 'A' && c <= 'Z')
          && "._-:/".indexOf(c) < 0) {
        return false;
      }
    }
    return text.length() <= 128;
  }
}
