package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedOutputStream;
import dev.tollspan.receiver.Answer.Taken;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** An ExportTraceServiceResponse, in both encodings and never above a limit. */
final class Response {
  /** OTLP 1.11 recommends 4 MiB; our texts keep far below it. */
  static final int BYTES_MAX = 4 << 20;

  private static final int PARTIAL_SUCCESS = 1;
  private static final int REJECTED_SPANS = 1;
  private static final int ERROR_MESSAGE = 2;
  private static final int WIRE_LENGTH = 2;
  private static final byte[] EMPTY = {};
  private static final byte[] EMPTY_JSON = {'{', '}'};

  private Response() {}

  /**
   * The response in one encoding; its text is cut until it fits, as OTLP asks. Null if it does not
   * fit without one.
   */
  static byte @Nullable [] of(Taken taken, boolean json, int bytesMax) {
    String reason = taken.reason();
    while (true) {
      byte[] bytes = encoded(taken.rejectedSpans(), reason, json);
      if (bytes.length <= bytesMax) {
        return bytes;
      }
      if (reason.isEmpty()) {
        return null;
      }
      reason = reason.substring(0, reason.length() / 2);
    }
  }

  private static byte[] encoded(long rejected, String reason, boolean json) {
    if (rejected == 0 && reason.isEmpty()) { // an empty partial_success is an error to some senders
      return json ? EMPTY_JSON : EMPTY;
    }
    return json ? json(rejected, reason) : protobuf(rejected, reason);
  }

  private static byte[] json(long rejected, String reason) {
    StringBuilder text = new StringBuilder("{\"partialSuccess\":{");
    if (rejected > 0) {
      text.append("\"rejectedSpans\":\"").append(rejected).append('"');
    }
    if (!reason.isEmpty()) {
      text.append(rejected > 0 ? "," : "").append("\"errorMessage\":");
      StatusMessage.quote(text, reason);
    }
    return text.append("}}").toString().getBytes(UTF_8);
  }

  private static byte[] protobuf(long rejected, String reason) {
    int size =
        (rejected > 0 ? CodedOutputStream.computeInt64Size(REJECTED_SPANS, rejected) : 0)
            + (reason.isEmpty() ? 0 : CodedOutputStream.computeStringSize(ERROR_MESSAGE, reason));
    byte[] message =
        new byte
            [CodedOutputStream.computeTagSize(PARTIAL_SUCCESS)
                + CodedOutputStream.computeUInt32SizeNoTag(size)
                + size];
    CodedOutputStream out = CodedOutputStream.newInstance(message);
    try {
      out.writeTag(PARTIAL_SUCCESS, WIRE_LENGTH);
      out.writeUInt32NoTag(size);
      if (rejected > 0) {
        out.writeInt64(REJECTED_SPANS, rejected);
      }
      if (!reason.isEmpty()) {
        out.writeString(ERROR_MESSAGE, reason);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("an array refused bytes", e);
    }
    return message;
  }
}
