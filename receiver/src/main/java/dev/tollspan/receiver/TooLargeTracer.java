package dev.tollspan.receiver;

import dev.tollspan.pipeline.Ledger;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Counts requests that were too large, whoever said so: grpc-java answers a message over the limit
 * before any other code of ours runs. Nothing else here is answered RESOURCE_EXHAUSTED.
 */
final class TooLargeTracer extends ServerStreamTracer {
  private final Ledger ledger;

  TooLargeTracer(Ledger ledger) {
    this.ledger = ledger;
  }

  /** One tracer serves all calls: it has no state of a call. */
  ServerStreamTracer.Factory factory() {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return TooLargeTracer.this;
      }
    };
  }

  @Override
  public void streamClosed(Status status) {
    if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
      ledger.refuseRequest();
    }
  }
}
