package dev.tollspan.receiver;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.SpanConsumer;
import dev.tollspan.pipeline.SpanReceiver;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.KeyTable;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * OTLP, traces only, over gRPC and over HTTP/1.1 in protobuf or JSON; each protocol has its port
 * and is understood on the other's. Every other method and path, those of metrics and logs among
 * them, is answered UNIMPLEMENTED or 404.
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
  private final Patience patience;
  private final ByteBudget budget;
  private final Door door;
  private final List<Port> ports = new ArrayList<>();
  private @Nullable Running running;

  /** What {@link #start} opened and {@link #close} ends. */
  private record Running(
      Server server,
      Transport transport,
      Reception reception,
      HttpService http,
      @Nullable ExportHandler grpc,
      ExecutorService calls,
      ScheduledExecutorService sweeper,
      Unpackers unpackers) {
    /** Ends what has taken too long. */
    void expire() {
      reception.expire();
      http.expire();
      if (grpc != null) {
        grpc.expire();
      }
    }

    /** Waits until both protocols have ended, for each of them at most so long. */
    boolean awaitEnd(long nanosMax) throws InterruptedException {
      boolean isGrpcEnded = server.awaitTermination(nanosMax, TimeUnit.NANOSECONDS);
      return http.awaitEnd(nanosMax) && isGrpcEnded;
    }
  }

  /** A receiver that does not listen yet; {@code nanoTicker} is the clock for arrivals. */
  public OtlpReceiver(
      OtlpReceiverConfig config,
      KeyTable keys,
      BatchPool pool,
      Ledger ledger,
      LongSupplier nanoTicker) {
    this(config, keys, pool, ledger, Patience.usual(nanoTicker));
  }

  OtlpReceiver(
      OtlpReceiverConfig config, KeyTable keys, BatchPool pool, Ledger ledger, Patience patience) {
    this.config = config;
    this.keys = keys;
    this.pool = pool;
    this.ledger = ledger;
    this.patience = patience;
    budget = new ByteBudget(config.inFlightBytesMax());
    door = new Door(config.connectionsMax(), config.addressConnectionsMax(), patience.nanoTicker());
    if (config.grpc() != null) {
      ports.add(new Port(Port.Home.GRPC, config.grpc().listen()));
    }
    if (config.http() != null) {
      ports.add(new Port(Port.Home.HTTP, config.http().listen()));
    }
  }

  @Override
  public void start(SpanConsumer next) throws IOException {
    if (running != null) {
      throw new IllegalStateException("the receiver was started before");
    }
    for (Port port : ports) {
      if (port.address().isUnresolved()) {
        throw cannotListen(port, "the host is unknown", null);
      }
      try {
        port.load();
      } catch (IOException | IllegalArgumentException e) {
        throw cannotListen(port, Port.reason(e), e);
      }
    }
    // At INFO it says something for each frame that still comes for a call that has failed, at
    // WARNING it prints a stack trace for each message over the limit: any sender could flood the
    // log. Finer levels log headers and the beginnings of bodies, so nobody may choose them.
    Level chosen = GRPC_LOG.getLevel();
    if (chosen == null || chosen.intValue() < Level.SEVERE.intValue()) {
      GRPC_LOG.setLevel(Level.SEVERE);
    }
    Running opened = open(next);
    running = opened;
    try {
      opened.server().start();
    } catch (IOException e) {
      close();
      throw cannotListen(blamed(e), reason(e), e);
    }
    var _ = opened.sweeper().scheduleWithFixedDelay(opened::expire, 1, 1, TimeUnit.SECONDS);
    for (Port port : ports) {
      ServerTls tls = port.listen().tls();
      long nanos = (tls == null ? ServerTls.RELOAD_INTERVAL : tls.reloadInterval()).toNanos();
      var _ =
          opened.sweeper().scheduleWithFixedDelay(port::reload, nanos, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private Running open(SpanConsumer next) {
    int idleMax = 2 * Runtime.getRuntime().availableProcessors();
    Unpackers unpackers = new Unpackers(idleMax, GzipUnpacker::new, ZstdUnpacker::new);
    Intake intake = new Intake(keys, pool, ledger, next, config.partBytesMax());
    Lane lane = new Lane(patience.admission());
    ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    Reception reception = new Reception(budget, intake, calls, patience);
    Transport transport = Transport.open();
    HttpService http =
        new HttpService(
            config.httpTaken(),
            reception,
            new RequestReader(pool, unpackers, lane, config.httpRequestLimit()),
            new HttpAnswers(Response.BYTES_MAX, config.httpTaken().responseHeaders()),
            new HttpService.Scope(
                ledger, patience, config.connectionBytesMax(), transport.loops().next()));
    Negotiator negotiator =
        new Negotiator(new Greeting.Host(door, http, calls, patience.handshake()));
    NettyServerBuilder server =
        transport
            .server(ports, door, negotiator, patience.handshake())
            .maxInboundMessageSize(config.grpcRequestLimit())
            .directExecutor()
            .decompressorRegistry(Unpackers.registry())
            .addTransportFilter(new Shares(config.connectionBytesMax()))
            .addStreamTracerFactory(WireTracer.factory(ledger));
    if (ports.stream().anyMatch(port -> port.listen().login() != null)) {
      server.intercept(new LoginCheck(ledger));
    }
    RequestReader reader = new RequestReader(pool, unpackers, lane, config.grpcRequestLimit());
    GrpcAnswers answers = new GrpcAnswers(Response.BYTES_MAX);
    ExportHandler handler = new ExportHandler(reception, reader, answers, patience);
    Transport.limit(server, config.grpcTaken());
    server
        .addService(service(handler))
        .fallbackHandlerRegistry(new NoMethod("only traces are taken here"));
    // Not an event loop: one that is blocked is what overdue calls must be ended for.
    ScheduledExecutorService sweeper =
        Executors.newSingleThreadScheduledExecutor(transport::sweeper);
    return new Running(
        server.build(), transport, reception, http, handler, calls, sweeper, unpackers);
  }

  /** The port of gRPC; 0 if it has none. {@link #start} has returned before. */
  public int grpcPort() {
    return number(Port.Home.GRPC);
  }

  /** The port of HTTP; 0 if it has none. {@link #start} has returned before. */
  public int httpPort() {
    return number(Port.Home.HTTP);
  }

  private int number(Port.Home home) {
    if (running == null) {
      throw new IllegalStateException("the receiver is not started");
    }
    for (Port port : ports) {
      if (port.home() == home) {
        return port.number();
      }
    }
    return 0;
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

  /** Connections whose client spoke gRPC, or another use of HTTP/2, since the start. */
  public long grpcConnections() {
    return door.grpcConnections();
  }

  /** Connections whose client spoke HTTP/1, since the start. */
  public long httpConnections() {
    return door.httpConnections();
  }

  /** Connections whose client was cut off because it spoke something else. */
  public long otherConnections() {
    return door.count(Stranger.TLS) + door.count(Stranger.PLAIN) + door.count(Stranger.UNKNOWN);
  }

  /** Connections that could not agree on TLS. */
  public long failedHandshakes() {
    return door.failedHandshakes();
  }

  /** As {@link #close(Duration)} with ten seconds. */
  @Override
  public void close() {
    close(patience.closing());
  }

  /**
   * Stops listening and lets the calls under way be answered for at most so long. Those that are
   * left are answered UNAVAILABLE, which tells a sender to come again, and their threads are
   * interrupted. An interrupt of the caller cuts the waiting short.
   */
  public void close(Duration limit) {
    if (running == null) {
      return;
    }
    Running ending = running;
    running = null;
    ending.sweeper().shutdownNow(); // the end has a limit of its own
    ending.server().shutdown();
    ending.http().shutdown();
    long closing = limit.toNanos();
    try {
      if (!ending.awaitEnd(closing)) {
        // By itself shutdownNow resets their streams, which senders take for CANCELLED.
        ending.reception().endAll();
        if (!ending.awaitEnd(TimeUnit.SECONDS.toNanos(KILL_SECONDS_MAX))) {
          ending.http().shutdownNow();
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
      ending.reception().endAll();
      ending.http().shutdownNow();
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

  private static IOException cannotListen(Port port, String why, @Nullable Throwable cause) {
    OtlpReceiverConfig.Listen listen = port.listen();
    return new IOException(
        "cannot listen on " + listen.host() + ":" + listen.port() + ": " + why, cause);
  }

  /** The port that this is about, which the library names at the end. */
  private Port blamed(IOException failure) {
    for (Port port : ports) {
      if (String.valueOf(failure.getMessage()).endsWith(port.address().toString())) {
        return port;
      }
    }
    return ports.getFirst();
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
