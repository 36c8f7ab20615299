package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import java.time.Duration;

/** A google.rpc.Status, in both encodings. */
final class StatusMessage {
  private static final String TYPE = "{\"@type\":\"type.googleapis.com/google.rpc.";

  private StatusMessage() {}

  /** UNAVAILABLE with RetryInfo. */
  static Status comeAgain(Answer.ComeAgain answer) {
    Duration after = answer.after();
    return Status.newBuilder()
        .setCode(Code.UNAVAILABLE_VALUE)
        .setMessage(answer.reason())
        .addDetails(
            Any.pack(
                RetryInfo.newBuilder()
                    .setRetryDelay(
                        com.google.protobuf.Duration.newBuilder()
                            .setSeconds(after.getSeconds())
                            .setNanos(after.getNano()))
                    .build()))
        .build();
  }

  /** Without RetryInfo; with BadRequest where the data are at fault. */
  static Status refused(Answer.Refused answer) {
    Status.Builder status =
        Status.newBuilder().setCode(answer.refusal().code).setMessage(answer.reason());
    if (answer.refusal() == Refusal.BROKEN) {
      BadRequest.Builder bad = BadRequest.newBuilder();
      bad.addFieldViolationsBuilder().setDescription(answer.reason());
      status.addDetails(Any.pack(bad.build()));
    }
    return status.build();
  }

  /** The same as {@link #comeAgain} in JSON. */
  static byte[] comeAgainJson(Answer.ComeAgain answer) {
    StringBuilder text = head(Code.UNAVAILABLE_VALUE, answer.reason());
    Duration after = answer.after();
    text.append(",\"details\":[").append(TYPE).append("RetryInfo\",\"retryDelay\":\"");
    text.append(after.getSeconds()).append('.');
    text.append(String.valueOf(1_000_000_000L + after.getNano()), 1, 10).append("s\"}]}");
    return text.toString().getBytes(UTF_8);
  }

  /** The same as {@link #refused} in JSON. */
  static byte[] refusedJson(Answer.Refused answer) {
    StringBuilder text = head(answer.refusal().code, answer.reason());
    if (answer.refusal() == Refusal.BROKEN) {
      text.append(",\"details\":[").append(TYPE);
      text.append("BadRequest\",\"fieldViolations\":[{\"description\":");
      quote(text, answer.reason());
      text.append("}]}]");
    }
    return text.append('}').toString().getBytes(UTF_8);
  }

  private static StringBuilder head(int code, String message) {
    StringBuilder text = new StringBuilder("{\"code\":").append(code).append(",\"message\":");
    quote(text, message);
    return text;
  }

  /** Appends a JSON string. */
  static void quote(StringBuilder text, String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        text.append(' '); // a cut may have left half a pair
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
