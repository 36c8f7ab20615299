package dev.tollspan.receiver;

import io.grpc.Attributes;
import io.grpc.ServerCall;
import io.grpc.ServerTransportFilter;
import java.util.Objects;

/** Gives each connection a share of the budget that it cannot exceed, however many calls it has. */
final class Shares extends ServerTransportFilter {
  private static final Attributes.Key<ByteBudget> SHARE = Attributes.Key.create("tollspan-share");

  private final long bytesMax;

  Shares(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  @Override
  public Attributes transportReady(Attributes transport) {
    return transport.toBuilder().set(SHARE, new ByteBudget(bytesMax)).build();
  }

  /** The share of the connection that this call came on. */
  static ByteBudget of(ServerCall<?, ?> call) {
    return Objects.requireNonNull(call.getAttributes().get(SHARE));
  }
}
