package dev.tollspan.receiver;

import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2LocalFlowController;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;

/**
 * Sees the frames of a connection before gRPC does, and gives the window back of what gRPC throws
 * away: the rest of a message whose call is answered. gRPC keeps it until the stream ends, and the
 * client, which has the answer, first sends the rest; so a few refused messages would fill the
 * window of the connection, and no call on it would ever end. Belongs to its event loop.
 */
final class Http2Frames extends Http2FrameListenerDecorator {
  private final Http2Connection connection;

  private Http2Frames(GrpcHttp2ConnectionHandler grpc) {
    super(grpc.decoder().frameListener());
    connection = grpc.connection();
  }

  /** To be called before gRPC has seen a frame. */
  static void watch(GrpcHttp2ConnectionHandler grpc) {
    Http2Frames frames = new Http2Frames(grpc);
    grpc.decoder().frameListener(frames);
    grpc.connection().addListener(frames.new Answers());
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
      throws Http2Exception {
    int done = super.onDataRead(ctx, streamId, data, padding, endOfStream);
    Http2Stream stream = connection.stream(streamId);
    return stream != null && isAnsweredEarly(stream) ? window().unconsumedBytes(stream) : done;
  }

  private Http2LocalFlowController window() {
    return connection.local().flowController();
  }

  private static boolean isAnsweredEarly(Http2Stream stream) {
    return stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL;
  }

  /** What came before the answer and was not read until then never will be. */
  private final class Answers extends Http2ConnectionAdapter {
    @Override
    public void onStreamHalfClosed(Http2Stream stream) {
      if (isAnsweredEarly(stream)) {
        try {
          var _ = window().consumeBytes(stream, window().unconsumedBytes(stream));
        } catch (Http2Exception e) {
          DefectLog.add(e); // more than there is cannot be given back
        }
      }
    }
  }
}
