package dev.tollspan.benchmarks;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tollspan.prices.Component;
import dev.tollspan.prices.Count;
import dev.tollspan.prices.Fact;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.prices.Quote;
import dev.tollspan.prices.Terms;
import dev.tollspan.prices.Usage;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.receiver.RawClient;
import io.grpc.CallOptions;
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
import io.opentelemetry.proto.common.v1.InstrumentationScope;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * The same pipeline on the generated classes: parse, estimate, remove, build, serialise, forward.
 * It looks at every place that the gate looks at (names, status, trace state, schema URLs, events,
 * links, resource and scope), with the same rules for keys, words and card numbers, prices by the
 * same book and writes the same attributes. It knows one dialect where ours knows all, and lacks
 * admission by bytes, retries, the ledger and wiping of memory.
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

  private static final PriceBook BOOK =
      PriceBook.load(
          EstimateCostConfig.defaults().prices(), EstimateCostConfig.defaults().priceRules());

  /** What is said about a price, ready made as ours is. */
  private static final Map<Terms, List<KeyValue>> PROVENANCE = new ConcurrentHashMap<>();

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
                    .addMethod(RawClient.EXPORT, ServerCalls.asyncUnaryCall(this::export))
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
    ClientCalls.blockingUnaryCall(target, RawClient.EXPORT, CallOptions.DEFAULT, out);
    answer.onNext(NOTHING);
    answer.onCompleted();
  }

  /** What becomes of a request; all but receiving and forwarding. */
  static TracesData process(TracesData in) {
    TracesData.Builder out = TracesData.newBuilder();
    for (ResourceSpans resourceSpans : in.getResourceSpansList()) {
      ResourceSpans.Builder group = ResourceSpans.newBuilder();
      group.setResource(
          Resource.newBuilder()
              .addAllAttributes(kept(resourceSpans.getResource().getAttributesList())));
      group.setSchemaUrl(schema(resourceSpans.getSchemaUrl()));
      for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
        InstrumentationScope from = scopeSpans.getScope();
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        scope.setScope(
            InstrumentationScope.newBuilder()
                .setName(isWord(from.getName()) ? from.getName() : "")
                .setVersion(isWord(from.getVersion()) ? from.getVersion() : "")
                .addAllAttributes(kept(from.getAttributesList())));
        scope.setSchemaUrl(schema(scopeSpans.getSchemaUrl()));
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
    Map<String, AnyValue> facts = new HashMap<>();
    for (KeyValue attribute : span.getAttributesList()) {
      facts.put(attribute.getKey(), attribute.getValue());
    }
    List<KeyValue> kept = kept(span.getAttributesList());
    Span.Builder out = span.toBuilder().clearAttributes().clearTraceState();
    if (span.hasStatus()) {
      out.getStatusBuilder().clearMessage();
    }
    out.setName(isName(span.getName()) ? span.getName() : span.getKind().name());
    out.addAllAttributes(kept);
    out.setDroppedAttributesCount(
        span.getDroppedAttributesCount() + span.getAttributesCount() - kept.size());
    price(facts, out);
    int removed = span.getAttributesCount() - kept.size();
    for (int i = 0; i < span.getEventsCount(); i++) {
      Span.Event event = span.getEvents(i);
      List<KeyValue> left = kept(event.getAttributesList());
      removed += event.getAttributesCount() - left.size();
      out.setEvents(
          i,
          event.toBuilder()
              .setName(isName(event.getName()) ? event.getName() : "event")
              .clearAttributes()
              .addAllAttributes(left));
    }
    for (int i = 0; i < span.getLinksCount(); i++) {
      Span.Link link = span.getLinks(i);
      out.setLinks(
          i,
          link.toBuilder()
              .clearTraceState()
              .clearAttributes()
              .addAllAttributes(kept(link.getAttributesList())));
    }
    if (removed > 0) {
      out.addAttributes(Pairs.number("content.removed.count", removed));
    }
    return out.build();
  }

  private static void price(Map<String, AnyValue> facts, Span.Builder out) {
    AnyValue input =
        first(
            facts, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.prompt_tokens");
    AnyValue output =
        first(
            facts,
            "gen_ai.usage.output_tokens",
            "gen_ai.usage.completion_tokens",
            "llm.completion_tokens");
    if (input.hasIntValue() && output.hasIntValue()) {
      Usage usage = new Usage().at(out.getStartTimeUnixNano());
      text(usage, Fact.PROVIDER, first(facts, "gen_ai.provider.name", "gen_ai.system"));
      text(usage, Fact.RESPONSE_MODEL, first(facts, "gen_ai.response.model"));
      text(usage, Fact.REQUEST_MODEL, first(facts, "gen_ai.request.model", "llm.model"));
      usage.count(Count.IN_TOTAL, input.getIntValue()).count(Count.OUT_TOTAL, output.getIntValue());
      Quote quote = BOOK.price(usage);
      Terms terms = quote.terms();
      if (terms != null) {
        out.addAttributes(real("estimated_cost_usd", quote.usd()));
        out.addAttributes(Pairs.number("estimated_cost_nanousd", quote.nanoUsd()));
        out.addAttributes(real("cost.input_usd", quote.usd(Component.INPUT)));
        out.addAttributes(real("cost.output_usd", quote.usd(Component.OUTPUT)));
        out.addAllAttributes(PROVENANCE.computeIfAbsent(terms, GeneratedPipeline::provenance));
      }
    }
  }

  private static void text(Usage usage, Fact fact, AnyValue value) {
    usage.text(fact, value.getStringValue());
  }

  private static List<KeyValue> provenance(Terms terms) {
    List<KeyValue> all = new ArrayList<>();
    all.add(Pairs.text("cost.basis", "token_price"));
    all.add(Pairs.text("cost.match", terms.match().label()));
    all.add(Pairs.text("cost.price.id", terms.id()));
    all.add(Pairs.text("cost.price.source", terms.source()));
    all.add(Pairs.text("cost.price.version", terms.version()));
    if (!terms.effectiveFrom().isEmpty()) {
      all.add(Pairs.text("cost.price.effective_from", terms.effectiveFrom()));
    }
    all.add(Pairs.text("cost.role", "billable"));
    all.add(Pairs.text("cost.quality", "exact"));
    all.add(Pairs.text("cost.usage_dialect", "otel-genai-current"));
    return List.copyOf(all);
  }

  private static AnyValue first(Map<String, AnyValue> facts, String... keys) {
    for (String key : keys) {
      AnyValue value = facts.get(key);
      if (value != null) {
        return value;
      }
    }
    return AnyValue.getDefaultInstance();
  }

  private static List<KeyValue> kept(List<KeyValue> attributes) {
    List<KeyValue> kept = new ArrayList<>(attributes.size());
    for (KeyValue attribute : attributes) {
      if (KEPT.contains(attribute.getKey()) && isKept(attribute.getValue())) {
        kept.add(attribute);
      }
    }
    return kept;
  }

  private static boolean isKept(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> isWord(value.getStringValue());
      case INT_VALUE -> value.getIntValue() < 1_000_000_000_000L || !luhn(value.getIntValue());
      case DOUBLE_VALUE, BOOL_VALUE -> true;
      default -> false;
    };
  }

  private static boolean luhn(long number) {
    int sum = 0;
    boolean twice = false;
    for (long rest = number; rest > 0; rest /= 10) {
      int digit = (int) (rest % 10) * (twice ? 2 : 1);
      sum += digit > 9 ? digit - 9 : digit;
      twice = !twice;
    }
    return sum % 10 == 0;
  }

  private static String schema(String url) {
    return url.startsWith("https://opentelemetry.io/schemas/") && url.length() < 48 ? url : "";
  }

  private static boolean isName(String name) {
    int space = name.indexOf(' ');
    return space < 0 ? isWord(name) : name.startsWith("chat ") && isWord(name.substring(5));
  }

  private static boolean isWord(String text) {
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

  private static KeyValue real(String key, double value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setDoubleValue(value))
        .build();
  }
}
