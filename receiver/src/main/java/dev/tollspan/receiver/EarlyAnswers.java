package dev.tollspan.receiver;

import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;

/**
 * Ends each stream whose answer is complete before its request is, as RFC 9113, section 8.1, lets a
 * server do: without an error, behind the answer. gRPC leaves such a stream to its client, which
 * first sends the rest of the message; but what came of it and is never read fills the window of
 * the connection, and once refused calls have filled it all, no call on it ever ends. For the event
 * loop of the connection.
 */
final class EarlyAnswers extends Http2ConnectionAdapter {
  private final GrpcHttp2ConnectionHandler grpc;
  private final Channel connection;

  EarlyAnswers(GrpcHttp2ConnectionHandler grpc, Channel connection) {
    this.grpc = grpc;
    this.connection = connection;
  }

  @Override
  public void onStreamHalfClosed(Http2Stream stream) {
    if (isAnsweredEarly(stream)) {
      // Not in the middle of the write that brought us here; the request may be about to end, too.
      connection.eventLoop().execute(() -> end(stream));
    }
  }

  private void end(Http2Stream stream) {
    ChannelHandlerContext http2 = connection.pipeline().context(grpc);
    if (isAnsweredEarly(stream) && http2 != null) {
      var _ = grpc.resetStream(http2, stream.id(), Http2Error.NO_ERROR.code(), http2.newPromise());
      http2.flush();
    }
  }

  private static boolean isAnsweredEarly(Http2Stream stream) {
    return stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL;
  }
}
