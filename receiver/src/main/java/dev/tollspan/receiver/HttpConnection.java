package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelFutureListener;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks HTTP/1.1: one request after the other, each a visit to the {@link
 * Reception}.
 *
 * <pre>
 * HEAD -> TURN -> BODY -> WORK -> HEAD                     the usual way
 *   any of them -> REST (what was refused still comes) -> HEAD
 *   any of them -> LAST (answered, and the connection ends)
 * </pre>
 *
 * What comes while a request waits or is worked on is kept, and the socket is read no further.
 * Belongs to its event loop, but for the deadline, which is for all threads.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
  /** So much of a refused body is worth reading to keep the connection. */
  private static final int REST_BYTES_MAX = 256 << 10;

  /** So many requests that came together are seen to before those of others. */
  private static final int HEADS_MAX = 16;

  /** So long a client whose request was not read to its end may read the answer. */
  private static final int LAST_SECONDS = 2;

  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);

  private enum State {
    HEAD,
    TURN,
    BODY,
    WORK,
    REST,
    LAST
  }

  private final HttpService service;
  private final Port port;
  private final ByteBudget share;
  private final HttpHead head;
  private final HttpBody body;
  private State state = State.HEAD;
  private @Nullable Request current;
  private @Nullable ByteBuf kept;
  private volatile long deadline; // written by the event loop

  HttpConnection(HttpService service, Port port) {
    this.service = service;
    this.port = port;
    share = service.share();
    head = new HttpHead(port.loginField());
    body = new HttpBody(service.limit());
    deadline = service.headDeadline();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    service.add(this, ctx.channel());
  }

  /** Whether it has been waited for too long. */
  boolean isOverdue(long now) {
    return now - deadline > 0;
  }

  /** To be called on the event loop, once the receiver is closing: the next answer is the last. */
  void endIfIdle(Channel channel) {
    if (state == State.LAST || (state == State.HEAD && head.isEmpty())) {
      var _ = channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (kept == null) {
      consume(ctx, in);
    } else {
      kept = Unpooled.wrappedBuffer(kept, in);
      ctx.channel().config().setAutoRead(false);
    }
  }

  /** Goes on as far as it can, and keeps or frees the rest. */
  private void consume(ChannelHandlerContext ctx, ByteBuf in) {
    int heads = 0;
    boolean isMoving = true;
    while (isMoving) {
      isMoving =
          switch (state) {
            case HEAD ->
                in.isReadable()
                    && ctx.channel().isWritable()
                    && heads++ < HEADS_MAX
                    && readHead(ctx, in);
            case BODY -> readBody(ctx, in);
            case REST -> readRest(ctx, in);
            case LAST -> in.skipBytes(in.readableBytes()).isReadable();
            case TURN, WORK -> false;
          };
    }
    if (in.isReadable()) {
      kept = in;
      ctx.channel().config().setAutoRead(false);
      if (heads > HEADS_MAX) {
        var _ = ctx.executor().schedule(() -> resume(ctx), 1, TimeUnit.MILLISECONDS);
      }
    } else {
      in.release();
    }
  }

  /** Takes up what was kept, and reads on. */
  private void resume(ChannelHandlerContext ctx) {
    ByteBuf in = kept == null ? Unpooled.EMPTY_BUFFER : kept;
    kept = null;
    consume(ctx, in);
    if (kept == null && !ctx.channel().config().isAutoRead()) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  private boolean readHead(ChannelHandlerContext ctx, ByteBuf in) {
    if (head.isEmpty()) {
      deadline = service.headDeadline();
    }
    HttpHead.Step step = head.read(in);
    if (step == HttpHead.Step.MORE) {
      return false;
    }
    if (step == HttpHead.Step.DONE) {
      begin(ctx);
    } else {
      service.count(HttpService.badHead(step));
      answer(ctx, HttpService.badHead(step), false);
    }
    return true;
  }

  private void begin(ChannelHandlerContext ctx) {
    deadline = service.noDeadline();
    body.begin(head);
    Answer refusal = service.refusal(head, port);
    if (refusal != null) {
      if (!(refusal instanceof Answer.Preflight)) {
        service.count(refusal);
      }
      answer(ctx, refusal, true);
      return;
    }
    state = State.TURN;
    Request request = new Request(ctx);
    current = request;
    if (head.isChunked) {
      request.visit.enter();
    } else {
      request.visit.enter(head.contentLength);
    }
  }

  /** The side of one request that the reception sees; all of it happens on the event loop. */
  private final class Request implements Reception.Sender {
    private final ChannelHandlerContext ctx;
    private final Reception.Visit visit;

    Request(ChannelHandlerContext ctx) {
      this.ctx = ctx;
      visit = service.visit(this, share, ctx.channel());
    }

    @Override
    public void goOn() {
      onLoop(
          () -> {
            if (current == this) { // it may have been sent away at the same time
              startBody(ctx, visit);
            }
          });
    }

    @Override
    public void answer(Answer answer) {
      onLoop(
          () -> {
            if (current == this) {
              HttpConnection.this.answer(ctx, answer, true);
            }
          });
    }

    private void onLoop(Runnable step) {
      if (ctx.executor().inEventLoop()) {
        step.run();
      } else {
        ctx.executor()
            .execute(
                () -> {
                  step.run();
                  resume(ctx);
                });
      }
    }
  }

  private void startBody(ChannelHandlerContext ctx, Reception.Visit visit) {
    state = State.BODY;
    body.into(service.room(visit));
    if (head.expectsContinue && !body.isDone()) {
      var _ = ctx.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE));
    }
  }

  private boolean readBody(ChannelHandlerContext ctx, ByteBuf in) {
    Reception.Visit visit = Objects.requireNonNull(current).visit;
    int before = in.readableBytes();
    HttpBody.Step step = body.read(in);
    if (before > in.readableBytes()) {
      visit.arrived(before - in.readableBytes());
    }
    switch (step) {
      case MORE -> {
        return false;
      }
      case DONE -> {
        state = State.WORK;
        visit.take(this::received);
      }
      case BAD -> {
        leave();
        service.count(HttpService.BAD_BODY);
        answer(ctx, HttpService.BAD_BODY, false);
      }
      case TOO_LARGE -> refuse(visit, service.tooLarge());
      case NO_ROOM -> refuse(visit, RequestReader.noRoom(body.couldFit()));
    }
    return true;
  }

  /** Its answer may be under way from another thread: until it is here nothing more is read. */
  private void refuse(Reception.Visit visit, Received.Failure failure) {
    state = State.WORK;
    visit.refuse(failure);
  }

  private Received received() {
    Received.Body whole = body.body();
    Received packed =
        switch (head.coding) {
          case GZIP -> new Received.Packed(Unpackers.GZIP, whole.bytes(), whole.length());
          case ZSTD -> new Received.Packed(Unpackers.ZSTD, whole.bytes(), whole.length());
          case IDENTITY, OTHER -> whole;
        };
    return head.media == HttpHead.Media.JSON ? new Received.Json(packed) : packed;
  }

  private boolean readRest(ChannelHandlerContext ctx, ByteBuf in) {
    switch (body.read(in)) {
      case MORE -> {
        return false;
      }
      case DONE -> startNext();
      case BAD, TOO_LARGE, NO_ROOM -> end(ctx);
    }
    return true;
  }

  /**
   * Answers the request, and sees to what is left of it.
   *
   * @param framed whether it is known where the request ends
   */
  private void answer(ChannelHandlerContext ctx, Answer answer, boolean framed) {
    if (answer instanceof Answer.Refused(Refusal refusal, String _)
        && refusal == Refusal.TOO_LARGE
        && current != null) {
      service.count(answer); // by the reception it is not: with gRPC the tracer does
    }
    boolean promised = head.expectsContinue && state != State.BODY && state != State.WORK;
    current = null;
    boolean whole = framed && body.isDone();
    boolean skipped = framed && !promised && body.isRestWithin(REST_BYTES_MAX);
    boolean keep = isKept(whole || skipped);
    body.drop();
    byte[] bytes = service.bytes(answer, head, port, keep);
    head.reset(false);
    if (!keep) {
      state = State.LAST;
    } else if (whole) {
      startNext();
    } else {
      state = State.REST;
      deadline = service.headDeadline();
    }
    ChannelFuture written = ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes));
    if (!keep && (whole || service.isClosing())) {
      var _ = written.addListener(ChannelFutureListener.CLOSE);
    } else if (!keep) { // a connection that ends with bytes unread takes the answer with it
      var _ = ctx.executor().schedule(() -> end(ctx), LAST_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static void end(ChannelHandlerContext ctx) {
    var _ = ctx.close();
  }

  private boolean isKept(boolean possible) {
    return possible && head.isKeptAlive && !service.isClosing();
  }

  private void startNext() {
    state = State.HEAD;
    deadline = service.idleDeadline();
  }

  /** Who does not read its answers gets no more of them, and not much time. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    boolean isRead = ctx.channel().isWritable();
    deadline =
        switch (state) {
          case HEAD -> isRead ? service.idleDeadline() : service.headDeadline();
          case TURN, BODY, WORK -> isRead ? service.noDeadline() : service.headDeadline();
          case REST, LAST -> service.headDeadline();
        };
    if (isRead && state == State.HEAD) {
      resume(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    leave();
    state = State.LAST;
    if (kept != null) {
      kept.release();
      kept = null;
    }
  }

  /** The request has no sender any more. */
  private void leave() {
    if (current != null) {
      current.visit.leave();
      current = null;
    }
    body.drop();
  }

  /** Whatever broke, of the network, of TLS or of us: the connection is of no use any more. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException) && !(cause.getCause() instanceof IOException)) {
      DefectLog.add(cause);
    }
    end(ctx);
  }
}
