package dev.tollspan.receiver;

import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import io.grpc.Attributes;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One listening socket: what it is for, and what it asks of those who come. */
final class Port {
  /** The port that a connection came to, for Netty. */
  static final AttributeKey<Port> OF_CONNECTION = AttributeKey.valueOf(Port.class, "port");

  /** The same for gRPC. */
  static final Attributes.Key<Port> OF_CALL = Attributes.Key.create("tollspan-port");

  /** The protocol that is at home here. */
  enum Home {
    GRPC("gRPC"),
    HTTP("HTTP");

    final String said;

    Home(String said) {
      this.said = said;
    }
  }

  private final Home home;
  private final Listen listen;
  private volatile @Nullable ServerChannel listening; // set by the thread that starts
  private volatile @Nullable Guard guard; // replaced by a reload
  private volatile @Nullable SslContext tls; // replaced by a reload

  Port(Home home, Listen listen) {
    this.home = home;
    this.listen = listen;
  }

  Home home() {
    return home;
  }

  Listen listen() {
    return listen;
  }

  void opened(ServerChannel channel) {
    listening = channel;
  }

  /** The number that it listens on; 0 if it does not. */
  int number() {
    return listening != null && listening.localAddress() instanceof InetSocketAddress address
        ? address.getPort()
        : 0;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listen.host(), listen.port());
  }

  /** Who may come in; null: everybody. */
  @Nullable Guard guard() {
    return guard;
  }

  /** What a connection must speak; null: no TLS. */
  @Nullable SslContext tls() {
    return tls;
  }

  /** The name of the field with credentials, in lower case. */
  String loginField() {
    return listen.login() == null
        ? "authorization"
        : listen.login().header().toLowerCase(Locale.ROOT);
  }

  /** What to log in with. */
  String scheme() {
    return listen.login() == null ? "" : listen.login().scheme();
  }
}
