package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.receiver.HttpAnswers.Asked;
import dev.tollspan.receiver.HttpHead.Media;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.group.ChannelGroup;
import io.grpc.netty.shaded.io.netty.channel.group.DefaultChannelGroup;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What all connections that speak HTTP share: the one route, its limits, and when time is up. */
final class HttpService {
  static final Answer BAD_BODY =
      new Answer.Refused(Refusal.BROKEN, "the body is not framed as RFC 9112 has it");

  private static final Answer BAD_HEAD =
      new Answer.Refused(Refusal.BROKEN, "the request is not HTTP/1.1 as RFC 9112 has it");
  private static final Answer LARGE_HEAD =
      new Answer.Refused(Refusal.HEAD_TOO_LARGE, "the header fields are too large or too many");
  private static final Answer OTHER_VERSION =
      new Answer.Refused(Refusal.OTHER_VERSION, "only HTTP/1.1 is spoken here");
  private static final Answer NO_LOGIN = new Answer.Refused(Refusal.NO_LOGIN, Guard.REFUSAL);
  private static final Answer OTHER_METHOD =
      new Answer.Refused(Refusal.OTHER_METHOD, "only POST is taken here");
  private static final Answer UNEXPECTED =
      new Answer.Refused(Refusal.UNEXPECTED, "only Expect: 100-continue is understood");
  private static final Answer OTHER_TYPE =
      new Answer.Refused(
          Refusal.OTHER_MEDIA,
          "the Content-Type must be application/x-protobuf or application/json");
  private static final Answer OTHER_CODING =
      new Answer.Refused(Refusal.OTHER_MEDIA, "the Content-Encoding is not taken here");
  private static final Answer NO_LENGTH =
      new Answer.Refused(Refusal.NO_LENGTH, "the request has neither Content-Length nor chunks");

  private static final long NEVER_NANOS = Long.MAX_VALUE / 2;

  private final OtlpReceiverConfig.Http config;
  private final byte[] path;
  private final Answer noRoute;
  private final Reception reception;
  private final RequestReader reader;
  private final HttpAnswers answers;
  private final Scope scope;
  private final ChannelGroup channels;
  private final Map<Channel, HttpConnection> connections = new ConcurrentHashMap<>();
  private volatile boolean closing; // only ever set

  /** What the service has in common with gRPC. */
  record Scope(Ledger ledger, Patience patience, long connectionBytesMax, EventExecutor loop) {}

  HttpService(
      OtlpReceiverConfig.Http config,
      Reception reception,
      RequestReader reader,
      HttpAnswers answers,
      Scope scope) {
    this.config = config;
    path = config.path().getBytes(US_ASCII);
    noRoute =
        new Answer.Refused(Refusal.NO_ROUTE, "only traces are taken here, at " + config.path());
    this.reception = reception;
    this.reader = reader;
    this.answers = answers;
    this.scope = scope;
    channels = new DefaultChannelGroup(scope.loop(), true);
  }

  void add(HttpConnection connection, Channel channel) {
    connections.put(channel, connection);
    channels.add(channel);
    var _ = channel.closeFuture().addListener(_ -> connections.remove(channel));
    if (closing) {
      var _ = channel.close();
    }
  }

  ByteBudget share() {
    return new ByteBudget(scope.connectionBytesMax());
  }

  int limit() {
    return reader.limit();
  }

  Reception.Visit visit(Reception.Sender sender, ByteBudget share, Channel connection) {
    Share all = new Share(share, Household.of(connection));
    return reception.visit(sender, all, reader, config.readTimeout());
  }

  /** Where the body of this request goes. */
  Inflated room(Reception.Visit visit) {
    return reader.room(visit.hold());
  }

  Received.TooLarge tooLarge() {
    return reader.tooLarge();
  }

  /** A request ends without having been seen by the reception. */
  void count(Answer answer) {
    scope.ledger().refuseRequest(AnswerTable.word(answer));
  }

  /** What a request is told whose head cannot be read. */
  static Answer badHead(HttpHead.Step step) {
    return switch (step) {
      case TOO_LARGE -> LARGE_HEAD;
      case OTHER_VERSION -> OTHER_VERSION;
      case BAD, MORE, DONE -> BAD_HEAD;
    };
  }

  /** What a request is told by its head alone; null if its body is wanted. */
  @Nullable Answer refusal(HttpHead head, Port port) {
    if (head.isPreflight()) {
      String allowed = config.cors().preflight(head.origin());
      if (!allowed.isEmpty()) {
        return new Answer.Preflight(allowed);
      }
    }
    Guard guard = port.guard();
    if (guard != null && !head.isAdmitted(guard)) {
      return NO_LOGIN;
    }
    if (!head.isPath(path)) {
      return noRoute;
    }
    if (!head.isMethod("POST")) {
      return OTHER_METHOD;
    }
    return body(head);
  }

  private @Nullable Answer body(HttpHead head) {
    if (head.expectsOther) {
      return UNEXPECTED;
    }
    if (head.media == Media.OTHER || head.media == Media.NONE) {
      return OTHER_TYPE;
    }
    boolean known =
        switch (head.coding) {
          case IDENTITY -> true;
          case GZIP -> config.takesGzip();
          case ZSTD -> config.takesZstd();
          case OTHER -> false;
        };
    if (!known) {
      return OTHER_CODING;
    }
    if (head.contentLength < 0 && !head.isChunked) {
      return NO_LENGTH;
    }
    return head.contentLength > reader.limit()
        ? new Answer.Refused(Refusal.TOO_LARGE, reader.tooLarge().reason())
        : null;
  }

  /** An answer as it goes over the wire; not to be changed. */
  byte[] bytes(Answer answer, HttpHead head, Port port, boolean keep) {
    String origin = head.origin();
    String cors =
        origin.isEmpty() || answer instanceof Answer.Preflight ? "" : config.cors().answer(origin);
    return answers.bytes(
        answer, new Asked(head.media, keep, head.isMethod("HEAD"), cors, port.scheme()));
  }

  private long after(long nanos) {
    return scope.patience().nanoTicker().getAsLong() + nanos;
  }

  long headDeadline() {
    return after(config.readHeaderTimeout().toNanos());
  }

  long idleDeadline() {
    return after(config.idleTimeout().toNanos());
  }

  /** For as long as somebody else waits for the request. */
  long noDeadline() {
    return after(NEVER_NANOS);
  }

  /** Closes the connections that are overdue. To be called about every second, by one thread. */
  void expire() {
    long now = after(0);
    connections.forEach(
        (channel, connection) -> {
          if (connection.isOverdue(now)) {
            var _ = channel.close();
          }
        });
  }

  boolean isClosing() {
    return closing;
  }

  int openConnections() {
    return connections.size();
  }

  /** Takes no more requests; those under way are answered, each as the last of its connection. */
  void shutdown() {
    closing = true;
    connections.forEach(
        (channel, connection) -> channel.eventLoop().execute(() -> connection.endIfIdle(channel)));
  }

  /** Waits until all connections have ended; false if they have not in time. */
  boolean awaitEnd(long nanosMax) throws InterruptedException {
    return channels.newCloseFuture().await(Math.max(1, nanosMax / 1_000_000));
  }

  /** Cuts off what is left. */
  void shutdownNow() {
    connections.keySet().forEach(HttpService::close);
  }

  private static void close(Channel channel) {
    var _ = channel.close();
  }
}
