package dev.tollspan.receiver;

import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;

/**
 * Sees the frames of a connection before gRPC does, and sees to the calls that are answered before
 * all of their message is there. gRPC leaves it to the client to send the rest and keeps the window
 * of what comes until the stream ends: a few messages that are refused early would fill the window
 * of the connection, and no call on it would ever end.
 *
 * <p>So what still comes is thrown away and gives the window of the connection back, but not its
 * own; once a client has used all of that, its stream is reset without an error (RFC 9113, section
 * 8.1). Earlier a reset would cross with data, each frame of which has to be answered by another
 * reset, and gRPC ends connections on which there are too many.
 *
 * <p>And what gRPC keeps of a message that goes on is copied: a frame as it comes keeps all that
 * was read together with it, which is up to four times as much and not paid for. Belongs to the
 * event loop.
 */
final class Http2Frames extends Http2FrameListenerDecorator {
  /** The window of a stream is not renewed before nothing is left of it. */
  private static final float RENEWED_WHEN_EMPTY = Float.MIN_NORMAL;

  private final GrpcHttp2ConnectionHandler grpc;
  private final Channel channel;
  private final Http2Connection connection;
  private final DefaultHttp2LocalFlowController window;

  private Http2Frames(GrpcHttp2ConnectionHandler grpc, Channel channel) {
    super(grpc.decoder().frameListener());
    this.grpc = grpc;
    this.channel = channel;
    connection = grpc.connection();
    window = (DefaultHttp2LocalFlowController) connection.local().flowController();
  }

  /** To be called before gRPC has seen a frame. */
  static void watch(GrpcHttp2ConnectionHandler grpc, Channel channel) {
    Http2Frames frames = new Http2Frames(grpc, channel);
    grpc.decoder().frameListener(frames);
    grpc.connection().addListener(frames.new Answers());
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
      throws Http2Exception {
    Http2Stream stream = connection.stream(streamId);
    if (endOfStream || stream == null || isAnsweredEarly(stream)) {
      int done = super.onDataRead(ctx, streamId, data, padding, endOfStream);
      return endOfStream || stream == null ? done : thrownAway(stream);
    }
    ByteBuf copy = data.copy();
    try {
      int done = super.onDataRead(ctx, streamId, copy, padding, false);
      return isAnsweredEarly(stream) ? thrownAway(stream) : done;
    } finally {
      copy.release();
    }
  }

  private static boolean isAnsweredEarly(Http2Stream stream) {
    return stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL;
  }

  /** The bytes whose window may be given back; the last ones go with the stream. */
  private int thrownAway(Http2Stream stream) {
    if (window.windowSize(stream) > 0) {
      return window.unconsumedBytes(stream);
    }
    channel.eventLoop().execute(() -> reset(stream)); // not in the middle of this frame
    return 0;
  }

  private void reset(Http2Stream stream) {
    ChannelHandlerContext http2 = channel.pipeline().context(grpc);
    if (isAnsweredEarly(stream) && http2 != null) { // its end may have come in the same frame
      var _ = grpc.resetStream(http2, stream.id(), Http2Error.NO_ERROR.code(), http2.newPromise());
      http2.flush();
    }
  }

  /** What came before the answer and was not read until then never will be. */
  private final class Answers extends Http2ConnectionAdapter {
    @Override
    public void onStreamHalfClosed(Http2Stream stream) {
      if (isAnsweredEarly(stream)) {
        try {
          window.windowUpdateRatio(stream, RENEWED_WHEN_EMPTY);
          var _ = window.consumeBytes(stream, thrownAway(stream));
        } catch (Http2Exception e) {
          DefectLog.add(e); // more than there is cannot be given back
        }
      }
    }
  }
}
