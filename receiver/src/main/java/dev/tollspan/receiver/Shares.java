package dev.tollspan.receiver;

import io.grpc.Attributes;
import io.grpc.ServerCall;
import io.grpc.ServerTransportFilter;
import java.util.Objects;

/** Gives each connection its share of the budget. */
final class Shares extends ServerTransportFilter {
  private static final Attributes.Key<Share> SHARE = Attributes.Key.create("tollspan-share");

  private final long bytesMax;

  Shares(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  @Override
  public Attributes transportReady(Attributes transport) {
    Household household = Household.of(transport.get(ExportHandler.CONNECTION));
    Share share = new Share(new ByteBudget(bytesMax), household);
    return transport.toBuilder().set(SHARE, share).build();
  }

  /** The share of the connection that this call came on. */
  static Share of(ServerCall<?, ?> call) {
    return Objects.requireNonNull(call.getAttributes().get(SHARE));
  }
}
