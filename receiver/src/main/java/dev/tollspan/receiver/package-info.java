/**
 * OTLP in: admission by bytes, transport, one answer table. It must never know what is behind the
 * consumer that it was given.
 *
 * <p>The launcher should set {@code -Dio.grpc.netty.shaded.io.netty.leakDetection.level=disabled}:
 * Netty's leak detector costs allocation, and the usual name of that property means nothing to the
 * Netty inside gRPC.
 */
@NullMarked
package dev.tollspan.receiver;

import org.jspecify.annotations.NullMarked;
