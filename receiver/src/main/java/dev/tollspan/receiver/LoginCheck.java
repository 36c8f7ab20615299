package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tollspan.pipeline.Ledger;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stands in front of every method of gRPC: those that are not there, too. */
record LoginCheck(Ledger ledger) implements ServerInterceptor {
  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Port port = Objects.requireNonNull(call.getAttributes().get(Port.OF_CALL));
    Guard guard = port.guard();
    if (guard == null || isAdmitted(guard, headers.getAll(port.loginKey()))) {
      return next.startCall(call, headers);
    }
    ledger.refuseRequest(Refusal.NO_LOGIN.word());
    call.close(Status.UNAUTHENTICATED.withDescription(Guard.REFUSAL), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** Of two logins a proxy in front may have looked at the other one: that is none. */
  private static boolean isAdmitted(Guard guard, @Nullable Iterable<String> shown) {
    if (shown == null) {
      return false;
    }
    Iterator<String> each = shown.iterator();
    byte[] bytes = each.next().getBytes(ISO_8859_1);
    return !each.hasNext() && guard.admits(bytes, 0, bytes.length);
  }
}
