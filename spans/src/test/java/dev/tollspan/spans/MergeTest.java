package dev.tollspan.spans;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Messages whose fields come in any order, whose scalars come twice and whose parts are split: what
 * protobuf's merge rule makes of them, we make of them.
 */
class MergeTest {
  private static final int CASES = 1_000;

  private final Random random = new Random();
  private int splits; // belongs to the test's thread

  @Test
  @Tag("D14")
  void whatIsSplitAndRepeatedDecodesAsTheGeneratedClassesDo() {
    long first = System.nanoTime();
    for (long seed = first; seed < first + CASES; seed++) {
      random.setSeed(seed);
      TracesData message = new RandomTraces(new SplittableRandom(seed)).traces();
      byte[] request = scrambled(message).done();
      try {
        assertInstanceOf(Decoded.Whole.class, Requests.decode(request));
        Soundness.check(request);
      } catch (AssertionError | RuntimeException e) {
        fail("with seed " + seed + "L: " + HexFormat.of().formatHex(request), e);
      }
    }
    assertTrue(splits > CASES, splits + " splits");
  }

  private WireWriter scrambled(Message message) {
    List<WireWriter> fields = new ArrayList<>();
    for (Map.Entry<FieldDescriptor, Object> each : message.getAllFields().entrySet()) {
      FieldDescriptor field = each.getKey();
      if (field.isRepeated()) {
        ((List<?>) each.getValue()).forEach(one -> fields.add(field(field, one)));
      } else {
        fields.add(field(field, each.getValue()));
        if (random.nextInt(8) == 0) {
          splits++;
          Object twice =
              field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                  ? part((Message) each.getValue())
                  : each.getValue();
          fields.add(field(field, twice));
        }
      }
    }
    if (random.nextInt(3) == 0) {
      Collections.shuffle(fields, random);
    }
    WireWriter out = WireWriter.wire();
    fields.forEach(field -> out.raw(field.done()));
    return out;
  }

  /** The same message without some of its fields. */
  private Message part(Message whole) {
    Message.Builder part = whole.toBuilder();
    for (FieldDescriptor field : whole.getAllFields().keySet()) {
      if (random.nextBoolean()) {
        part.clearField(field);
      }
    }
    return part.build();
  }

  private WireWriter field(FieldDescriptor field, Object value) {
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      return WireWriter.wire().message(field.getNumber(), scrambled((Message) value));
    }
    DynamicMessage.Builder one = DynamicMessage.newBuilder(field.getContainingType());
    if (field.isRepeated()) {
      one.addRepeatedField(field, value);
    } else {
      one.setField(field, value);
    }
    return WireWriter.wire().raw(one.build().toByteArray());
  }
}
