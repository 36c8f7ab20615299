package dev.tollspan.exporters.otlp;

import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultHttpRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaders;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpMethod;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpVersion;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One POST and its answer. The caller's thread makes it and waits; all fields that change are owned
 * by the event loop until the latch is open.
 */
final class HttpExchange implements Connection.Call {
  private final String target;
  private final HttpHeaders headers;
  private final List<Slice> message;
  private final @Nullable SslContext tls;
  private final EventLoop loop;
  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable Future<?> timer;
  private @Nullable HttpWire wire;
  private @Nullable Ending ending;

  HttpExchange(
      String target,
      HttpHeaders headers,
      List<Slice> message,
      @Nullable SslContext tls,
      EventLoop loop) {
    this.target = target;
    this.headers = headers;
    this.message = message;
    this.tls = tls;
    this.loop = loop;
  }

  /** The head of the request. */
  HttpRequest head() {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, target, headers);
  }

  /** The body of the request, which must not be read once the exchange has ended. */
  List<Slice> message() {
    return message;
  }

  /** For a new connection; null if there is no TLS. */
  @Nullable SslContext tls() {
    return tls;
  }

  /** The time begins to run. */
  void start(long timeoutNanos) {
    timer =
        loop.schedule(
            () -> abort("no answer within the time limit"), timeoutNanos, TimeUnit.NANOSECONDS);
  }

  /** It goes over this connection now. */
  void over(HttpWire now) {
    wire = now;
  }

  boolean isEnded() {
    return ending != null;
  }

  /** The first end counts. */
  void end(Ending now) {
    if (ending == null) {
      ending = now;
      Objects.requireNonNull(timer).cancel(false);
      ended.countDown();
    }
  }

  @Override
  public Ending await() {
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        loop.execute(() -> abort("interrupted"));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return Objects.requireNonNull(ending);
  }

  private void abort(String reason) {
    if (ending == null && wire != null) {
      wire.cut(reason);
    }
    end(Ending.retry(reason));
  }
}
