package dev.tollspan.canary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceProto;
import io.opentelemetry.proto.trace.v1.TraceProto;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MatrixTest {
  private static final int MANY = 5_000;
  private static final List<Mark> MARKS = Matrix.of(MANY, 7);

  @Test
  void marksAreUnique() {
    assertEquals(MANY, MARKS.stream().map(Mark::word).collect(Collectors.toSet()).size());
  }

  @Test
  void theSameSeedMakesTheSameMarksAndAnotherOneOthers() {
    Mark again = Matrix.of(1, 7).getFirst();
    assertEquals(MARKS.getFirst().word(), again.word());
    assertArrayEquals(MARKS.getFirst().request(), again.request());
    assertNotEquals(again.word(), Matrix.of(1, 8).getFirst().word());
  }

  @Test
  void eachRequestHoldsItsMarkAndNoOther() throws Exception {
    Search search = Search.forMarks(MARKS);
    for (Mark mark : MARKS) {
      assertEquals(Set.of(mark.word()), search.find(mark.request()), mark.place());
    }
  }

  @Test
  void inJsonItHoldsItsMarkAndNoOtherToo() {
    Search search = Search.forMarks(MARKS);
    for (Mark mark : MARKS) {
      byte[] json = Transport.HTTP_JSON.encode(mark.request());
      assertEquals(Set.of(mark.word()), search.find(json), mark.place() + " " + mark.encoding());
    }
  }

  /** Whatever becomes of a mark, it is known by which way in it came. */
  @Test
  void eachPlaceGoesByEachWayInBeforeAnyComesInManyClothes() {
    Set<String> places = MARKS.stream().map(Mark::place).collect(Collectors.toSet());
    Set<String> sent = new HashSet<>();
    for (Mark mark : MARKS.subList(0, 3 * places.size())) {
      sent.add(mark.place() + " " + mark.transport());
    }
    assertEquals(3 * places.size(), sent.size());
    for (Transport transport : Transport.values()) {
      long marks = MARKS.stream().filter(mark -> mark.transport() == transport).count();
      assertTrue(marks > MANY / 4, transport + " " + marks);
    }
  }

  @Test
  void eachPlaceComesInEachEncodingThatItTakes() {
    Set<String> expected = new HashSet<>();
    for (Place place : Places.of(ExportTraceServiceRequest.getDescriptor())) {
      for (Encoding encoding : Encoding.values()) {
        if (place.takes(encoding) && !encoding.isWord()) {
          expected.add(place.label() + " " + encoding.label());
        }
      }
    }
    Set<String> made = new HashSet<>();
    MARKS.forEach(mark -> made.add(mark.place() + " " + mark.encoding()));
    expected.removeAll(made);
    assertEquals(Set.of(), expected);
    assertTrue(made.size() > 3_000, "only " + made.size());
  }

  @Test
  void fewMarksStillCoverEachKindOfPlace() {
    Set<String> all = MARKS.stream().map(Mark::kind).collect(Collectors.toSet());
    Set<String> few = Matrix.of(220, 7).stream().map(Mark::kind).collect(Collectors.toSet());
    assertEquals(all, few);
  }

  /** A single word is what a name, an id or a model may be. */
  @Test
  void sendsNoSingleWordWhereOneMayStay() {
    for (Mark mark : MARKS) {
      if (mark.encoding().endsWith("_word") || mark.encoding().equals("word_only")) {
        assertFalse(mark.place().matches("(spans|events|scope)\\.name.*"), mark.place());
      }
    }
  }

  /** Told by place and clothes: what is no short text under a key of nobody may never stay. */
  @Test
  void shortTextsStandInAttributesAlone() {
    int shortTexts = 0;
    for (Mark mark : MARKS) {
      if (mark.shortText()) {
        shortTexts++;
        String place = mark.place().replace(" (sent twice)", "");
        assertTrue(
            place.matches(
                "(resource|scope|spans(\\.events|\\.links)?)\\.attributes\\."
                    + "(key|value\\.(array_value\\.values\\.)?string_value"
                    + "|value\\.\\(nested up to 40 deep\\))"),
            place);
      }
    }
    assertTrue(shortTexts > 10, "only " + shortTexts);
  }

  @Test
  void noSentenceIsAShortText() {
    Set<Encoding> encodings = EnumSet.noneOf(Encoding.class);
    for (Encoding encoding : Encoding.values()) {
      String text = encoding.text("abcdefghijklmnopqrstuvwx");
      if (Leeway.isShortText(value(), new Key("note", Key.Holds.TEXT), text)) {
        encodings.add(encoding);
      }
    }
    assertEquals(
        EnumSet.of(
            Encoding.WORD_ONLY,
            Encoding.HALF_WORD,
            Encoding.HEX,
            Encoding.GZIP_BASE64,
            Encoding.BASE64,
            Encoding.BASE64_URL,
            Encoding.BASE64_SHIFTED_1,
            Encoding.BASE64_SHIFTED_2),
        encodings);
  }

  @Test
  void underKeysOfContentNoTextIsShort() {
    int content = 0;
    for (Key key : Key.all()) {
      boolean open = key.holds() == Key.Holds.TEXT || key.holds() == Key.Holds.WORD;
      assertEquals(open, Leeway.isShortText(value(), key, "word"), key.name());
      assertFalse(Leeway.isShortText(value(), key, Encoding.PLAIN.text("word")), key.name());
      content += key.holds() == Key.Holds.CONTENT ? 1 : 0;
    }
    assertTrue(content > 150, "only " + content);
  }

  private static Place value() {
    return Places.of(ExportTraceServiceRequest.getDescriptor()).stream()
        .filter(place -> place.label().equals("spans.attributes.value.string_value"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatNobodyReadsCannotBeStored() {
    for (Mark mark : MARKS) {
      if (mark.place().contains("unknown") || mark.place().endsWith("_id")) {
        assertEquals(Set.of(), mark.stores(), mark.place());
      }
    }
    long stored = MARKS.stream().filter(mark -> mark.stores().contains(Store.NDJSON)).count();
    assertTrue(stored > MANY / 3, "only " + stored);
  }

  @Test
  void coversAFieldOfALaterRelease() throws Exception {
    Descriptor later = laterRequest();
    Set<String> more = places(later);
    more.removeAll(places(ExportTraceServiceRequest.getDescriptor()));
    assertEquals(laterPlaces(), more);
    List<Mark> marks = Matrix.of(later, MANY, 7);
    Search search = Search.forMarks(marks);
    int seen = 0;
    for (Mark mark : marks) {
      seen += mark.place().contains("later_") ? 1 : 0;
      assertEquals(Set.of(mark.word()), search.find(mark.request()), mark.place());
    }
    assertTrue(seen > 50, "only " + seen);
  }

  private static Set<String> laterPlaces() {
    return Set.of(
        "spans.later_text",
        "spans.later_text (sent twice)",
        "spans.later_thing.(unknown field)",
        "spans.later_thing.notes");
  }

  private static Set<String> places(Descriptor request) {
    return Places.of(request).stream().map(Place::label).collect(Collectors.toSet());
  }

  /** The protocol with a text more on each span, and a message with texts. */
  private static Descriptor laterRequest() throws DescriptorValidationException {
    FileDescriptorProto.Builder trace = TraceProto.getDescriptor().toProto().toBuilder();
    for (DescriptorProto.Builder message : trace.getMessageTypeBuilderList()) {
      if (message.getName().equals("Span")) {
        message.addField(field("later_text", 90, Type.TYPE_STRING, Label.LABEL_OPTIONAL));
        message.addField(
            field("later_thing", 91, Type.TYPE_MESSAGE, Label.LABEL_OPTIONAL)
                .setTypeName(".opentelemetry.proto.trace.v1.LaterThing"));
      }
    }
    trace.addMessageType(
        DescriptorProto.newBuilder()
            .setName("LaterThing")
            .addField(field("notes", 1, Type.TYPE_STRING, Label.LABEL_REPEATED)));
    FileDescriptor traces =
        FileDescriptor.buildFrom(
            trace.build(),
            TraceProto.getDescriptor().getDependencies().toArray(FileDescriptor[]::new));
    return FileDescriptor.buildFrom(
            TraceServiceProto.getDescriptor().toProto(), new FileDescriptor[] {traces})
        .findMessageTypeByName("ExportTraceServiceRequest");
  }

  private static FieldDescriptorProto.Builder field(
      String name, int number, Type type, Label label) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(label);
  }
}
