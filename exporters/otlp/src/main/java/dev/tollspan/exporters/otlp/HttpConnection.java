package dev.tollspan.exporters.otlp;

import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.ConnectTimeoutException;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultHttpHeaders;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpClientCodec;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderNames;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderValues;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaders;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import io.grpc.netty.shaded.io.netty.handler.timeout.IdleStateHandler;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to a destination that speaks HTTP/1.1: one for each call under way, kept for the
 * next one. Not connected before the first call. Redirects are not followed, and nothing but the
 * body's 4 MiB and the time limit bounds what a destination may say.
 *
 * <p>{@code begin} and {@code renew} belong to the one caller's thread, everything else is owned by
 * the event loop.
 */
final class HttpConnection implements Connection {
  /** What stands idle longer may have been forgotten by something between. */
  private static final int IDLE_SECONDS_MAX = 60;

  private static final int LINE_BYTES_MAX = 4 << 10;
  private static final int HEADERS_BYTES_MAX = 64 << 10; // some gateways say a lot
  private static final int CHUNK_BYTES_MAX = 8 << 10;

  private final OtlpConfig config;
  private final String userAgent;
  private final HttpAnswers answers;
  private final CallHeaders callHeaders;
  private final @Nullable TlsFiles tls;
  private final Threads threads;
  private final EventLoop loop;
  private final Deque<HttpWire> idle = new ArrayDeque<>();

  HttpConnection(OtlpConfig config, String userAgent, InstantSource clock) {
    this.config = config;
    this.userAgent = userAgent;
    answers = new HttpAnswers(clock);
    callHeaders = new CallHeaders(config);
    tls = config.plaintext() ? null : new TlsFiles(config.tls(), false, clock);
    threads = Threads.open();
    loop = threads.group().next();
  }

  HttpAnswers answers() {
    return answers;
  }

  @Override
  public Call begin(List<Slice> message) {
    URI endpoint = config.endpoint();
    String query = endpoint.getRawQuery();
    HttpExchange exchange =
        new HttpExchange(
            endpoint.getRawPath() + (query == null ? "" : "?" + query),
            headers(SplitBatch.bytes(message)),
            message,
            tls == null ? null : tls.context(),
            loop);
    loop.execute(() -> start(exchange));
    return exchange;
  }

  @Override
  public void renew() {
    if (tls != null && tls.renew()) {
      loop.execute(() -> List.copyOf(idle).forEach(HttpWire::close));
    }
  }

  @Override
  public void close() {
    threads.close(); // and with it all connections
  }

  private HttpHeaders headers(int bytes) {
    HttpHeaders headers = new DefaultHttpHeaders();
    callHeaders.now().forEach(headers::set);
    headers.set(HttpHeaderNames.HOST, config.endpoint().getRawAuthority());
    headers.set(HttpHeaderNames.CONTENT_TYPE, "application/x-protobuf");
    headers.set(HttpHeaderNames.CONTENT_LENGTH, bytes);
    headers.set(HttpHeaderNames.USER_AGENT, userAgent);
    headers.set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.IDENTITY);
    if (config.compression() != Compression.NONE) {
      headers.set(HttpHeaderNames.CONTENT_ENCODING, config.compression().encoding());
    }
    return headers;
  }

  private void start(HttpExchange exchange) {
    exchange.start(config.calls().timeout().toNanos());
    HttpWire wire = idle.pollLast();
    while (wire != null && !wire.isOpen()) {
      wire = idle.pollLast();
    }
    if (wire == null) {
      connect(exchange);
    } else {
      wire.send(exchange);
    }
  }

  /** This connection is free again. */
  void idle(HttpWire wire) {
    idle.addLast(wire);
  }

  /** This connection is gone. */
  void closed(HttpWire wire) {
    idle.remove(wire);
  }

  /** Sends an exchange over a new connection. */
  void connect(HttpExchange exchange) {
    threads
        .lookup()
        .execute(
            () -> {
              try {
                InetAddress[] found = InetAddress.getAllByName(config.endpoint().getHost());
                loop.execute(() -> connect(exchange, found, 0));
              } catch (UnknownHostException e) {
                loop.execute(() -> exchange.end(Ending.retry("the host's name is not known")));
              }
            });
  }

  private void connect(HttpExchange exchange, InetAddress[] addresses, int next) {
    if (exchange.isEnded()) {
      return;
    }
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(threads.channelType())
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(config.calls().timeout().toMillis() / (addresses.length - next)))
            // An answer may come though the request cannot be sent to its end: it is read first.
            .option(ChannelOption.AUTO_CLOSE, false)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    fill(channel, exchange.tls());
                  }
                });
    ChannelFuture attempt =
        bootstrap.connect(new InetSocketAddress(addresses[next], config.port()));
    var _ =
        attempt.addListener(
            done -> {
              if (done.isSuccess()) {
                connected(exchange, attempt.channel());
              } else if (next + 1 < addresses.length) {
                connect(exchange, addresses, next + 1);
              } else {
                exchange.end(Ending.retry(reason(done.cause())));
              }
            });
  }

  private static void connected(HttpExchange exchange, Channel channel) {
    HttpWire wire = Objects.requireNonNull(channel.pipeline().get(HttpWire.class));
    if (exchange.isEnded()) {
      wire.close();
    } else {
      wire.send(exchange);
    }
  }

  private void fill(Channel channel, @Nullable SslContext context) {
    if (context != null) {
      String serverName = config.tls().serverName();
      SslHandler handler =
          context.newHandler(
              channel.alloc(),
              serverName == null ? config.endpoint().getHost() : serverName,
              config.port());
      handler.setHandshakeTimeout(config.calls().timeout().toMillis(), TimeUnit.MILLISECONDS);
      channel.pipeline().addLast(handler);
    }
    channel
        .pipeline()
        .addLast(
            new HttpClientCodec(LINE_BYTES_MAX, HEADERS_BYTES_MAX, CHUNK_BYTES_MAX),
            new IdleStateHandler(0, 0, IDLE_SECONDS_MAX),
            new HttpWire(channel, this));
  }

  private static String reason(@Nullable Throwable cause) {
    return cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException)
        ? "the connection was refused"
        : "the host cannot be reached";
  }
}
