package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.tollspan.canary.Policies.Policy;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The marks of a run: every place of a request, in every encoding that it takes, under keys of all
 * sorts. The same seed makes the same marks.
 */
public final class Matrix {
  private static final int WORD_LETTERS = 24;
  private static final int KEYS_PER_VALUE = 12;
  private static final byte[] NOT_UTF8 = {-1, -2, -3};
  private static final byte[] STAND_IN = Encoding.BROKEN.getBytes(UTF_8);
  private static final long START_NANOS = 1_767_225_600_000_000_000L;

  private final Descriptor type;
  private final Random random;
  private final Map<String, Policy> policies = Policies.read();
  private final List<Key> keysOfNothing = new ArrayList<>();
  private final List<Key> keysOfAll = new ArrayList<>();

  /** A place and an encoding, and where among the ways in it begins. */
  private record Cell(Place place, String label, Encoding encoding, int turn) {
    Cell turned(int turn) {
      return new Cell(place, label, encoding, turn);
    }

    Transport transport(int round) {
      Transport[] all = Transport.values();
      return all[(turn + round) % all.length];
    }
  }

  private Matrix(Descriptor type, long seed) {
    this.type = type;
    random = new Random(seed);
    for (Key key : Key.all()) {
      keysOfAll.add(key);
      if (key.holds() != Key.Holds.WORD) {
        keysOfNothing.add(key);
      }
    }
  }

  /**
   * So many marks. Each place is among them before any comes twice, then each place by each way in,
   * then each place in each encoding, then those by the other ways and under other keys; if there
   * are more marks than that, all come again by another way and under other keys.
   */
  public static List<Mark> of(int marks, long seed) {
    return of(ExportTraceServiceRequest.getDescriptor(), marks, seed);
  }

  /** The same for requests of another release of the protocol. */
  static List<Mark> of(Descriptor request, int marks, long seed) {
    Matrix matrix = new Matrix(request, seed);
    List<Cell> cells = matrix.cells();
    List<Mark> made = new ArrayList<>(marks);
    for (int i = 0; i < marks; i++) {
      Cell cell = cells.get(i % cells.size());
      made.add(matrix.mark(i + 1, cell, cell.transport(i / cells.size())));
    }
    return made;
  }

  /** Marks that stand around a request, or in one that cannot be taken; see {@link Around}. */
  static List<Mark> plain(List<String> places, Transport transport, long seed) {
    long own = seed ^ transport.label().hashCode();
    Matrix matrix = new Matrix(ExportTraceServiceRequest.getDescriptor(), own);
    List<Mark> made = new ArrayList<>();
    for (String place : places) {
      String word = matrix.word();
      byte[] request = matrix.skeleton(0).toByteArray();
      made.add(new Mark(word, transport, place, "plain", request, Forms.of(word), false, Set.of()));
    }
    return made;
  }

  private List<Cell> cells() {
    List<Cell> all = new ArrayList<>();
    for (Place place : Places.of(type)) {
      String label = place.label();
      for (Encoding encoding : Encoding.values()) {
        if (place.takes(encoding) && (!encoding.isWord() || isRemovedWhole(place))) {
          Cell cell = new Cell(place, label, encoding, 0);
          // A value comes under many keys, and each of them may have a way of its own.
          all.addAll(Collections.nCopies(place.isPlainValue() ? KEYS_PER_VALUE : 1, cell));
        }
      }
    }
    Collections.shuffle(all, random);
    List<Cell> first = new ArrayList<>();
    List<Cell> second = new ArrayList<>();
    List<Cell> rest = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Cell cell : all) {
      boolean isNew = seen.add(cell.label);
      boolean isNewSo = seen.add(cell.label + " " + cell.encoding);
      (isNew ? first : isNewSo ? second : rest).add(cell);
    }
    List<Cell> cells = new ArrayList<>();
    for (int round = 0; round < Transport.values().length; round++) {
      for (int i = 0; i < first.size(); i++) {
        cells.add(first.get(i).turned(i + round));
      }
    }
    second.forEach(cell -> cells.add(cell.turned(cells.size())));
    // From here on, other ways in and other keys take turns.
    List<Cell> others = new ArrayList<>();
    for (int round = 1; round < Transport.values().length; round++) {
      for (Cell cell : cells.subList(cells.size() - second.size(), cells.size())) {
        others.add(cell.turned(cell.turn + round));
      }
    }
    for (int i = 0; i < Math.max(others.size(), rest.size()); i++) {
      if (i < others.size()) {
        cells.add(others.get(i));
      }
      if (i < rest.size()) {
        cells.add(rest.get(i).turned(i));
      }
    }
    return cells;
  }

  private boolean isRemovedWhole(Place place) {
    return switch (place.kind()) {
      case Place.Kind.Leaf leaf ->
          place.isValue() || Policies.isRemovedWhole(leaf.field(), policies);
      case Place.Kind.Unknown _, Place.Kind.Deep _, Place.Kind.Items _ -> true;
    };
  }

  private Mark mark(int number, Cell cell, Transport transport) {
    String word = word();
    Place place = cell.place;
    Encoding encoding = cell.encoding;
    List<Key> keys = encoding.isWord() ? keysOfNothing : keysOfAll;
    Key key = place.isValue() ? keys.get(random.nextInt(keys.size())) : Key.ANY;
    Message request = place.put(skeleton(number), key.name(), word, encoding);
    return new Mark(
        word,
        transport,
        cell.label,
        encoding.label(),
        withBrokenText(request.toByteArray()),
        encoding.forms(word),
        Leeway.isShortText(place, key, encoding.text(word)),
        Leeway.stores(place, key, encoding, policies));
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < WORD_LETTERS; i++) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }

  /** An ordinary call, to which the mark is added; counted, so that somebody looks up its price. */
  private Message skeleton(int number) {
    byte[] ids = new byte[24];
    random.nextBytes(ids);
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFrom(ids, 0, 16))
            .setSpanId(ByteString.copyFrom(ids, 16, 8))
            .setName("chat")
            .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
            .setStartTimeUnixNano(START_NANOS + number)
            .setEndTimeUnixNano(START_NANOS + number + 1_000_000)
            .addAttributes(tokens("gen_ai.usage.input_tokens"))
            .addAttributes(tokens("gen_ai.usage.output_tokens"));
    ExportTraceServiceRequest request =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .setResource(Resource.newBuilder().addAttributes(text("os.type", "linux")))
                    .addScopeSpans(
                        ScopeSpans.newBuilder()
                            .setScope(InstrumentationScope.newBuilder().setName("canary"))
                            .addSpans(span)))
            .build();
    try {
      return DynamicMessage.parseFrom(type, request.toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the protocol does not read its own request", e);
    }
  }

  private static KeyValue tokens(String key) {
    return KeyValue.newBuilder().setKey(key).setValue(AnyValue.newBuilder().setIntValue(1)).build();
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static byte[] withBrokenText(byte[] bytes) {
    for (int at = 0; at <= bytes.length - STAND_IN.length; at++) {
      if (Arrays.equals(bytes, at, at + STAND_IN.length, STAND_IN, 0, STAND_IN.length)) {
        System.arraycopy(NOT_UTF8, 0, bytes, at, NOT_UTF8.length);
      }
    }
    return bytes;
  }
}
