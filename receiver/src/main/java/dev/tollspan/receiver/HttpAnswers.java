package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tollspan.receiver.HttpHead.Media;
import java.time.Duration;
import java.util.Map;

/**
 * What each answer is in HTTP (OTLP 1.11, "OTLP/HTTP Response").
 *
 * <pre>
 * taken       200: an ExportTraceServiceResponse, empty or with partial_success
 * come again  503 with Retry-After
 * refused     the status below: the sender shall drop the request
 * </pre>
 *
 * The body of everything but 200 is a google.rpc.Status, in the encoding of the request; where that
 * has none that we know, in protobuf. A response that cannot be cut down to the limit is 500.
 */
final class HttpAnswers {
  private static final Answer RESPONSE_TOO_LARGE =
      new Answer.Refused(Refusal.DEFECT, "the response is too large");

  private final int responseBytesMax;
  private final String fields;
  private final byte[] accepted;
  private final byte[] acceptedJson;

  /**
   * Answers that carry these fields, too.
   *
   * @param more names and values, which have been checked
   */
  HttpAnswers(int responseBytesMax, Map<String, String> more) {
    this.responseBytesMax = responseBytesMax;
    StringBuilder text = new StringBuilder();
    more.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    fields = text.toString();
    accepted = whole(new Answer.Taken(0, ""), new Asked(Media.PROTOBUF, true, false, "", ""));
    acceptedJson = whole(new Answer.Taken(0, ""), new Asked(Media.JSON, true, false, "", ""));
  }

  /**
   * What of a request its answer depends on.
   *
   * @param isKept whether the connection lives on
   * @param isHead whether the answer must have no body
   * @param extra more fields, each with its line end
   * @param scheme what to log in with, if that is what is lacking
   */
  record Asked(Media media, boolean isKept, boolean isHead, String extra, String scheme) {}

  /** The bytes of an answer, whose array must not be changed. */
  byte[] bytes(Answer answer, Asked asked) {
    if (answer instanceof Answer.Taken(long rejected, String reason)
        && rejected == 0
        && reason.isEmpty()
        && asked.isKept()
        && asked.extra().isEmpty()) {
      return asked.media() == Media.JSON ? acceptedJson : accepted;
    }
    return whole(answer, asked);
  }

  private byte[] whole(Answer answer, Asked asked) {
    boolean json = asked.media() == Media.JSON;
    return switch (answer) {
      case Answer.Taken taken -> {
        byte[] body = Response.of(taken, json, responseBytesMax);
        yield body == null ? whole(RESPONSE_TOO_LARGE, asked) : message("200 OK", asked, "", body);
      }
      case Answer.ComeAgain again ->
          message(
              "503 Service Unavailable",
              asked,
              "Retry-After: " + seconds(again.after()) + "\r\n",
              json
                  ? StatusMessage.comeAgainJson(again)
                  : StatusMessage.comeAgain(again).toByteArray());
      case Answer.Preflight(String allowed) ->
          (head("204 No Content", asked) + allowed + "\r\n").getBytes(ISO_8859_1);
      case Answer.Refused refused ->
          message(
              status(refused.refusal()),
              asked,
              extra(refused.refusal(), asked),
              json
                  ? StatusMessage.refusedJson(refused)
                  : StatusMessage.refused(refused).toByteArray());
    };
  }

  private static String status(Refusal refusal) {
    return switch (refusal) {
      case BROKEN -> "400 Bad Request";
      case NO_LOGIN -> "401 Unauthorized";
      case NO_ROUTE -> "404 Not Found";
      case OTHER_METHOD -> "405 Method Not Allowed";
      case NO_LENGTH -> "411 Length Required";
      case TOO_LARGE -> "413 Content Too Large";
      case OTHER_MEDIA -> "415 Unsupported Media Type";
      case UNEXPECTED -> "417 Expectation Failed";
      case HEAD_TOO_LARGE -> "431 Request Header Fields Too Large";
      case DEFECT -> "500 Internal Server Error";
      case OTHER_VERSION -> "505 HTTP Version Not Supported";
    };
  }

  /** RFC 7617, section 2: of Basic the realm is required. */
  private static String challenge(String scheme) {
    return scheme.equals("Basic") ? "Basic realm=\"tollspan\"" : scheme;
  }

  private static String extra(Refusal refusal, Asked asked) {
    return switch (refusal) {
      case NO_LOGIN -> "WWW-Authenticate: " + challenge(asked.scheme()) + "\r\n";
      case OTHER_METHOD -> "Allow: POST\r\n";
      case OTHER_MEDIA -> "Accept-Encoding: gzip, zstd\r\n";
      case BROKEN,
          NO_ROUTE,
          NO_LENGTH,
          TOO_LARGE,
          UNEXPECTED,
          HEAD_TOO_LARGE,
          DEFECT,
          OTHER_VERSION ->
          "";
    };
  }

  /** Whole seconds, rounded up: senders that come too early are sent away once more. */
  private static long seconds(Duration after) {
    return Math.max(1, after.plusNanos(999_999_999).toSeconds());
  }

  private static String type(Media media) {
    return media == Media.JSON ? "application/json" : "application/x-protobuf";
  }

  private String head(String status, Asked asked) {
    String close = asked.isKept() ? "" : "Connection: close\r\n";
    return "HTTP/1.1 " + status + "\r\n" + close + fields;
  }

  private byte[] message(String status, Asked asked, String more, byte[] body) {
    String head =
        head(status, asked)
            + ("Content-Type: " + type(asked.media()) + "\r\n")
            + ("Content-Length: " + body.length + "\r\n")
            + more
            + asked.extra()
            + "\r\n";
    byte[] message = new byte[head.length() + (asked.isHead() ? 0 : body.length)];
    System.arraycopy(head.getBytes(ISO_8859_1), 0, message, 0, head.length());
    if (!asked.isHead()) {
      System.arraycopy(body, 0, message, head.length(), body.length);
    }
    return message;
  }
}
