package dev.tollspan.receiver;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Sees each connection before anybody else does: refuses what is above the limits, and counts what
 * the others speak. The first that is refused is logged, of those that cannot be served some, and
 * each client that comes to the port of the other protocol. Called by the event loops; counters are
 * for all threads.
 */
final class Door {
  private static final System.Logger LOG = System.getLogger(Door.class.getPackageName());

  /** So many clients on the wrong port are named. */
  private static final int NAMED_MAX = 1000;

  /** Of an IPv6 address, what one customer of a provider has. */
  private static final int IPV6_PREFIX_BYTES = 8;

  private final int connectionsMax;
  private final int addressConnectionsMax;
  private final Complaints complaints;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<InetAddress, Household> households = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong grpc = new AtomicLong();
  private final AtomicLong http = new AtomicLong();
  private final AtomicLong failedHandshakes = new AtomicLong();
  private final Map<Stranger, AtomicLong> strangers = new EnumMap<>(Stranger.class);
  private final Set<String> named = ConcurrentHashMap.newKeySet();

  Door(int connectionsMax, int addressConnectionsMax, LongSupplier nanoTicker) {
    complaints = new Complaints(nanoTicker);
    this.connectionsMax = connectionsMax;
    this.addressConnectionsMax = addressConnectionsMax;
    for (Stranger stranger : Stranger.values()) {
      strangers.put(stranger, new AtomicLong());
    }
  }

  /** What stands in front of a listening socket. */
  ChannelHandler at(Port port) {
    return new Entry(this, port);
  }

  @Sharable
  private static final class Entry extends ChannelInboundHandlerAdapter {
    private final Door door;
    private final Port port;

    Entry(Door door, Port port) {
      this.door = door;
      this.port = port;
    }

    @Override
    public void channelRead(ChannelHandlerContext listening, Object accepted) {
      Channel connection = (Channel) accepted;
      String why = door.enter(connection);
      if (why.isEmpty()) {
        connection.attr(Port.OF_CONNECTION).set(port);
        listening.fireChannelRead(accepted);
        return;
      }
      boolean isFirst = door.refused.getAndIncrement() == 0;
      connection.unsafe().closeForcibly();
      if (isFirst) {
        say(listening.channel().localAddress(), why + ": one more is refused");
      }
    }
  }

  /** Counts a connection in, or says why it may not come; empty if it may. */
  private String enter(Channel connection) {
    if (open.incrementAndGet() > connectionsMax) {
      open.decrementAndGet();
      return connectionsMax + " connections are open";
    }
    InetAddress address = address(connection);
    Household household =
        Objects.requireNonNull(
            households.compute(
                address,
                (_, known) -> {
                  Household joined = known == null ? new Household() : known;
                  joined.join(connection);
                  return joined;
                }));
    if (household.connections() > addressConnectionsMax) {
      leave(address);
      return addressConnectionsMax + " connections of one address are open";
    }
    var _ = connection.closeFuture().addListener(_ -> leave(address));
    return "";
  }

  private void leave(InetAddress address) {
    open.decrementAndGet();
    households.computeIfPresent(address, (_, left) -> left.leave() ? left : null);
  }

  /** The address that stands for all of its owner. */
  private static InetAddress address(Channel connection) {
    if (!(connection.remoteAddress() instanceof InetSocketAddress remote)) {
      return InetAddress.getLoopbackAddress(); // it is closed by now
    }
    byte[] bytes = remote.getAddress().getAddress();
    if (bytes.length == 4) {
      return remote.getAddress();
    }
    Arrays.fill(bytes, IPV6_PREFIX_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("an address has a length of its own", e);
    }
  }

  /** A connection to this port speaks this protocol, and is served. */
  void sawGuest(Channel connection, Port port, Port.Home spoken) {
    (spoken == Port.Home.GRPC ? grpc : http).incrementAndGet();
    if (spoken != port.home()
        && named.size() < NAMED_MAX
        && connection.remoteAddress() instanceof InetSocketAddress remote) {
      String line =
          "a client at %s sends %s to the %s port; it is served"
              .formatted(remote.getAddress().getHostAddress(), spoken.said, port.home().said);
      if (named.add(line)) {
        LOG.log(Level.WARNING, line);
      }
    }
  }

  /** A client is not understood. */
  void sawStranger(Channel connection, Stranger stranger) {
    counter(stranger).getAndIncrement();
    complain(connection, "it speaks " + stranger.said);
  }

  /** A client could not agree on TLS with us. */
  void sawFailedHandshake(Channel connection, Throwable cause) {
    failedHandshakes.getAndIncrement();
    complain(connection, HandshakeFailure.of(cause));
  }

  private void complain(Channel connection, String why) {
    complaints.add(connection.localAddress(), connection.remoteAddress(), why);
  }

  int openConnections() {
    return open.get();
  }

  long refusedConnections() {
    return refused.get();
  }

  long grpcConnections() {
    return grpc.get();
  }

  long httpConnections() {
    return http.get();
  }

  long failedHandshakes() {
    return failedHandshakes.get();
  }

  long count(Stranger stranger) {
    return counter(stranger).get();
  }

  private AtomicLong counter(Stranger stranger) {
    return Objects.requireNonNull(strangers.get(stranger));
  }

  private static void say(SocketAddress address, String what) {
    String port = address instanceof InetSocketAddress inet ? inet.getPort() + "" : "unknown";
    LOG.log(Level.WARNING, "port " + port + ": " + what + "; health counts those that follow");
  }
}
