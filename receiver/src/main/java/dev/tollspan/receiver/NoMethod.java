package dev.tollspan.receiver;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Answers every method that is not there without repeating its path, which can hold anything. */
final class NoMethod extends HandlerRegistry {
  private final Status status;

  /** {@code why} is what callers are told. */
  NoMethod(String why) {
    status = Status.UNIMPLEMENTED.withDescription(why);
  }

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String method, @Nullable String authority) {
    MethodDescriptor<InputStream, byte[]> any =
        MethodDescriptor.<InputStream, byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .setFullMethodName(method)
            .setRequestMarshaller(new RequestStream())
            .setResponseMarshaller(new ResponseWriter())
            .build();
    return ServerMethodDefinition.create(
        any,
        (call, headers) -> {
          call.close(status, new Metadata());
          return new ServerCall.Listener<>() {};
        });
  }
}
