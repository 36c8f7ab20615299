package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.canary.Sender.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/**
 * A request with a mark around it, or one that cannot be taken with a mark in it: too large,
 * broken, cut off, damaged, for nobody.
 *
 * @param spans how many spans it holds, if it can be taken
 */
public record Around(Mark mark, Request request, int spans) {
  private static final String OTHER_SERVICE =
      "opentelemetry.proto.collector.logs.v1.LogsService/Export";

  private enum Way {
    IN_A_HEADER("header"),
    IN_BAGGAGE("header: baggage"),
    IN_AUTHORIZATION("header: authorization"),
    IN_A_METHOD("method of no service"),
    IN_A_SERVICE("service that is not there"),
    FOR_ANOTHER_SERVICE("body for another service"),
    NO_PROTOBUF("body that is no protobuf"),
    CUT_OFF("body that is cut off"),
    WITH_A_GROUP("body with a group in its resource"),
    TOO_LARGE("body that is too large"),
    TOO_LARGE_UNPACKED("body that is too large once unpacked"),
    NOT_PACKED("body that is not packed as it says"),
    DAMAGED("packed body that is cut off"),
    UNHEARD_OF("body packed in an unknown way");

    private final String label;

    Way(String label) {
      this.label = label;
    }
  }

  /** The request itself is an ordinary one. */
  private static final Set<Way> HEADERS =
      EnumSet.of(Way.IN_A_HEADER, Way.IN_BAGGAGE, Way.IN_AUTHORIZATION);

  /**
   * One of each.
   *
   * @param requestBytesMax what the receiver takes at most
   */
  public static List<Around> all(String exportMethod, int requestBytesMax, long seed) {
    List<String> places = Arrays.stream(Way.values()).map(way -> "around: " + way.label).toList();
    Iterator<Mark> marks = Matrix.plain(places, seed).iterator();
    List<Around> all = new ArrayList<>();
    for (Way way : Way.values()) {
      Mark mark = marks.next();
      Request request = request(way, mark, exportMethod, requestBytesMax);
      all.add(new Around(mark, request, HEADERS.contains(way) ? 1 : 0));
    }
    return all;
  }

  private static Request request(Way way, Mark mark, String method, int requestBytesMax) {
    String text = Encoding.PLAIN.text(mark.word());
    byte[] body = text.getBytes(UTF_8);
    byte[] spans = mark.request();
    return switch (way) {
      case IN_A_HEADER -> new Request(method, "", Map.of("x-note", text), spans);
      case IN_BAGGAGE -> new Request(method, "", Map.of("baggage", "note=" + mark.word()), spans);
      case IN_AUTHORIZATION ->
          new Request(method, "", Map.of("authorization", "Bearer " + mark.word()), spans);
      case IN_A_METHOD -> request(method.replace("/Export", "/" + mark.word()), "", spans);
      case IN_A_SERVICE -> request(mark.word() + "/Export", "", spans);
      case FOR_ANOTHER_SERVICE -> request(OTHER_SERVICE, "", body);
      case NO_PROTOBUF -> request(method, "", body);
      case CUT_OFF -> request(method, "", Arrays.copyOf(field(1, body), body.length));
      case WITH_A_GROUP -> request(method, "", field(1, field(1, group(body))));
      case TOO_LARGE -> request(method, "", repeated(body, requestBytesMax + 1));
      case TOO_LARGE_UNPACKED -> request(method, "gzip", gzip(repeated(body, requestBytesMax + 1)));
      case NOT_PACKED -> request(method, "gzip", body);
      case DAMAGED -> request(method, "gzip", Arrays.copyOf(gzip(body), body.length - 1));
      case UNHEARD_OF -> request(method, "unheard-of", body);
    };
  }

  private static Request request(String method, String packing, byte[] body) {
    return new Request(method, packing, Map.of(), body);
  }

  /** The body as a field of a message; shorter than 16 KiB. */
  private static byte[] field(int number, byte[] body) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    field.write((number << 3) | 2);
    field.write((body.length & 0x7f) | 0x80);
    field.write(body.length >>> 7);
    field.writeBytes(body);
    return field.toByteArray();
  }

  private static byte[] group(byte[] body) {
    ByteArrayOutputStream group = new ByteArrayOutputStream();
    group.write((1 << 3) | 3);
    group.writeBytes(field(1, body));
    group.write((1 << 3) | 4);
    return group.toByteArray();
  }

  private static byte[] repeated(byte[] body, int length) {
    byte[] repeated = new byte[length];
    for (int at = 0; at < length; at += body.length) {
      System.arraycopy(body, 0, repeated, at, Math.min(body.length, length - at));
    }
    return repeated;
  }

  /** The bytes, packed. */
  public static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory refused bytes", e);
    }
    return packed.toByteArray();
  }
}
