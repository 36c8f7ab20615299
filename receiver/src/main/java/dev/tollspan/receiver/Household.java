package dev.tollspan.receiver;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.util.AttributeKey;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** All connections of one address, and what their requests hold. Safe for all threads. */
final class Household {
  private static final AttributeKey<Household> OF_CONNECTION =
      AttributeKey.valueOf(Household.class, "household");

  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong heldBytes = new AtomicLong();

  /** That of this connection, or one of its own if it did not come through the door. */
  static Household of(@Nullable Channel connection) {
    Household known = connection == null ? null : connection.attr(OF_CONNECTION).get();
    return known == null ? new Household() : known;
  }

  /** This connection belongs to it, until one of them leaves. */
  void join(Channel connection) {
    connection.attr(OF_CONNECTION).set(this);
    connections.incrementAndGet();
  }

  /** Whether others stay. */
  boolean leave() {
    return connections.decrementAndGet() > 0;
  }

  int connections() {
    return connections.get();
  }

  /** So many bytes more are held, or fewer. */
  void add(long bytes) {
    heldBytes.addAndGet(bytes);
  }

  long heldBytes() {
    return heldBytes.get();
  }
}
