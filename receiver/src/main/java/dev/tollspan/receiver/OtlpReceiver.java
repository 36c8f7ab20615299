package dev.tollspan.receiver;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.SpanConsumer;
import dev.tollspan.pipeline.SpanReceiver;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.KeyTable;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * OTLP over gRPC, traces only: {@code opentelemetry.proto.collector.trace.v1.TraceService/Export}.
 * Every other method, those of metrics and logs among them, is answered UNIMPLEMENTED.
 *
 * <p>Takes messages that are plain, gzip or zstd. The consumer is called on virtual threads, by
 * many at once. {@link #start} and {@link #close} belong to one thread, which owns the field that
 * is not final.
 */
public final class OtlpReceiver implements SpanReceiver {
  static final String SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService";

  private static final String METHOD = "Export";

  /** Held here because java.util.logging forgets the level of a logger that nobody holds. */
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  private static final int KILL_SECONDS_MAX = 2;

  private final OtlpReceiverConfig config;
  private final KeyTable keys;
  private final BatchPool pool;
  private final Ledger ledger;
  private final ExportHandler.Patience patience;
  private final ByteBudget budget;
  private final Door door;
  private @Nullable Running running;

  /** What {@link #start} opened and {@link #close} ends. */
  private record Running(
      Server server,
      Transport transport,
      ExportHandler handler,
      ExecutorService calls,
      ScheduledExecutorService sweeper,
      Unpackers unpackers) {}

  /** A receiver that does not listen yet; {@code nanoTicker} is the clock for arrivals. */
  public OtlpReceiver(
      OtlpReceiverConfig config,
      KeyTable keys,
      BatchPool pool,
      Ledger ledger,
      LongSupplier nanoTicker) {
    this(config, keys, pool, ledger, ExportHandler.Patience.usual(nanoTicker));
  }

  OtlpReceiver(
      OtlpReceiverConfig config,
      KeyTable keys,
      BatchPool pool,
      Ledger ledger,
      ExportHandler.Patience patience) {
    this.config = config;
    this.keys = keys;
    this.pool = pool;
    this.ledger = ledger;
    this.patience = patience;
    budget = new ByteBudget(config.inFlightBytesMax());
    door = new Door(config.connectionsMax());
  }

  @Override
  public void start(SpanConsumer next) throws IOException {
    if (running != null) {
      throw new IllegalStateException("the receiver was started before");
    }
    InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
    if (address.isUnresolved()) {
      throw cannotListen("the host is unknown", null);
    }
    // At INFO it says something for each frame that still comes for a call that has failed, at
    // WARNING it prints a stack trace for each message over the limit: any sender could flood the
    // log. Finer levels log headers and the beginnings of bodies, so nobody may choose them.
    Level chosen = GRPC_LOG.getLevel();
    if (chosen == null || chosen.intValue() < Level.SEVERE.intValue()) {
      GRPC_LOG.setLevel(Level.SEVERE);
    }
    int limit = config.requestLimit();
    int idleMax = 2 * Runtime.getRuntime().availableProcessors();
    Unpackers unpackers = new Unpackers(idleMax, GzipUnpacker::new, ZstdUnpacker::new);
    RequestReader reader = new RequestReader(pool, unpackers, limit);
    Intake intake = new Intake(keys, pool, ledger, next, config.partBytesMax());
    ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    ExportHandler handler = new ExportHandler(budget, reader, intake, calls, patience);
    Transport transport = Transport.open();
    Server server =
        transport
            .server(address, limit, door, patience.handshake())
            .directExecutor()
            .decompressorRegistry(Unpackers.registry())
            .addTransportFilter(new Shares(config.connectionBytesMax()))
            .addStreamTracerFactory(WireTracer.factory(ledger))
            .addService(service(handler))
            .fallbackHandlerRegistry(new NoMethod())
            .build();
    // Not an event loop: one that is blocked is what overdue calls must be ended for.
    ScheduledExecutorService sweeper =
        Executors.newSingleThreadScheduledExecutor(transport::sweeper);
    running = new Running(server, transport, handler, calls, sweeper, unpackers);
    try {
      server.start();
    } catch (IOException e) {
      close();
      throw cannotListen(reason(e), e);
    }
    var _ = sweeper.scheduleWithFixedDelay(handler::expire, 1, 1, TimeUnit.SECONDS);
  }

  /** The port that it listens on; {@link #start} has returned before. */
  public int port() {
    if (running == null) {
      throw new IllegalStateException("the receiver is not started");
    }
    return running.server().getPort();
  }

  /** What requests under way hold of the in-flight budget, in whole KiB. */
  public long inFlightBytes() {
    return budget.heldBytes();
  }

  /** Connections that are open now. */
  public int openConnections() {
    return door.openConnections();
  }

  /** Connections that were closed at once because too many were open. */
  public long refusedConnections() {
    return door.refusedConnections();
  }

  /** Connections whose client spoke HTTP/1. */
  public long http1Connections() {
    return door.count(Stranger.HTTP_1);
  }

  /** Connections whose client spoke TLS, or what else is no HTTP. */
  public long otherConnections() {
    return door.count(Stranger.TLS) + door.count(Stranger.UNKNOWN);
  }

  /**
   * Stops listening and lets the calls under way be answered for at most 10 s. Those that are left
   * are answered UNAVAILABLE, which tells a sender to come again, and their threads are
   * interrupted. An interrupt of the caller cuts the waiting short.
   */
  @Override
  public void close() {
    if (running == null) {
      return;
    }
    Running ending = running;
    running = null;
    ending.sweeper().shutdownNow(); // the end has a limit of its own
    ending.server().shutdown();
    try {
      if (!ending.server().awaitTermination(patience.closing().toNanos(), TimeUnit.NANOSECONDS)) {
        // By itself shutdownNow resets their streams, which senders take for CANCELLED.
        ending.handler().endAll();
        if (!ending.server().awaitTermination(KILL_SECONDS_MAX, TimeUnit.SECONDS)) {
          ending.server().shutdownNow();
          ending.server().awaitTermination(KILL_SECONDS_MAX, TimeUnit.SECONDS);
        }
      }
      ending.calls().shutdown();
      if (!ending.calls().awaitTermination(KILL_SECONDS_MAX, TimeUnit.SECONDS)) {
        ending.calls().shutdownNow();
        ending.calls().awaitTermination(KILL_SECONDS_MAX, TimeUnit.SECONDS);
      }
      ending.transport().close();
    } catch (InterruptedException e) {
      ending.handler().endAll();
      ending.server().shutdownNow();
      ending.calls().shutdownNow();
      var _ = ending.transport().loops().shutdownGracefully(0, 0, TimeUnit.SECONDS);
      Thread.currentThread().interrupt();
    }
    ending.unpackers().close();
  }

  private static ServerServiceDefinition service(ExportHandler handler) {
    MethodDescriptor<InputStream, byte[]> export =
        MethodDescriptor.<InputStream, byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, METHOD))
            .setRequestMarshaller(new RequestStream())
            .setResponseMarshaller(new ResponseWriter())
            .build();
    return ServerServiceDefinition.builder(SERVICE).addMethod(export, handler).build();
  }

  private IOException cannotListen(String why, @Nullable Throwable cause) {
    return new IOException(
        "cannot listen on " + config.host() + ":" + config.port() + ": " + why, cause);
  }

  /** The innermost message, without the name of the system call in front. */
  private static String reason(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String message = String.valueOf(innermost.getMessage());
    return message.substring(message.lastIndexOf(": ") + 1).strip();
  }
}
