package dev.tollspan.exporters.otlp;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.grpc.KnownLength;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;

/**
 * What counts of an ExportTraceServiceResponse. The destination's text is never read into memory as
 * text, so nothing can repeat it.
 *
 * @param rejectedSpans as the destination says; any number
 * @param tooLarge it was above the limit for answers, so that nothing of it is known
 */
record Reply(long rejectedSpans, boolean tooLarge) {
  /** What OTLP recommends (1.11, "Message size limits"), for the message after decompression. */
  static final int BYTES_MAX = 4 << 20;

  static final Reply FULL_SUCCESS = new Reply(0, false);

  private static final int PARTIAL_SUCCESS = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int REJECTED_SPANS = tag(1, WireFormat.WIRETYPE_VARINT);

  /**
   * Reads an answer and never throws: an exception in here would end the call as CANCELLED, and we
   * would send again what has arrived. One that cannot be understood says nothing against a
   * success.
   */
  static Reply read(InputStream in) {
    try {
      if (in instanceof KnownLength && in.available() == 0) {
        return FULL_SUCCESS;
      }
      return read(CodedInputStream.newInstance(in));
    } catch (StatusRuntimeException e) {
      boolean tooLarge = e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
      return tooLarge ? new Reply(0, true) : FULL_SUCCESS;
    } catch (IOException | RuntimeException e) {
      return FULL_SUCCESS;
    }
  }

  private static Reply read(CodedInputStream in) throws IOException {
    long rejectedSpans = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == PARTIAL_SUCCESS) {
        int outer = in.pushLimit(in.readRawVarint32());
        for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
          if (inner == REJECTED_SPANS) {
            rejectedSpans = in.readInt64();
          } else {
            skip(in, inner);
          }
        }
        in.popLimit(outer);
      } else {
        skip(in, tag);
      }
    }
    return new Reply(rejectedSpans, false);
  }

  private static void skip(CodedInputStream in, int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new InvalidProtocolBufferException("a group ends that never began");
    }
  }

  private static int tag(int field, int type) {
    return field << 3 | type;
  }
}
