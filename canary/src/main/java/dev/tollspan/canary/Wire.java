package dev.tollspan.canary;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.function.UnaryOperator;

/** Puts things into messages that are known by their descriptors alone. */
final class Wire {
  static final String KEY_VALUE = "opentelemetry.proto.common.v1.KeyValue";

  static final String ARRAY_VALUE = "opentelemetry.proto.common.v1.ArrayValue";

  static final String ANY_VALUE = "opentelemetry.proto.common.v1.AnyValue";

  private static final String LINK = "opentelemetry.proto.trace.v1.Span.Link";

  private static final ByteString ONE = ByteString.copyFrom(new byte[] {1});

  private Wire() {}

  /**
   * The message with the one at the end of the path changed. What is missing on the way is made; an
   * attribute is always made anew.
   *
   * @param key of an attribute that is made
   */
  static Message change(
      Message message, List<FieldDescriptor> path, String key, UnaryOperator<Message> change) {
    if (path.isEmpty()) {
      return change.apply(message);
    }
    FieldDescriptor field = path.getFirst();
    List<FieldDescriptor> rest = path.subList(1, path.size());
    Message.Builder builder = message.toBuilder();
    if (!field.isRepeated()) {
      Message child =
          message.hasField(field) ? (Message) message.getField(field) : made(field, key);
      return builder.setField(field, change(child, rest, key, change)).build();
    }
    boolean isThere = message.getRepeatedFieldCount(field) > 0 && !isAttribute(field);
    if (isThere) {
      Message child = (Message) message.getRepeatedField(field, 0);
      return builder.setRepeatedField(field, 0, change(child, rest, key, change)).build();
    }
    return builder.addRepeatedField(field, change(made(field, key), rest, key, change)).build();
  }

  static boolean isAttribute(FieldDescriptor field) {
    return field.getMessageType().getFullName().equals(KEY_VALUE);
  }

  static boolean isValue(FieldDescriptor field) {
    return field.getMessageType().getFullName().equals(ANY_VALUE);
  }

  /** The message with this text in a field of strings or bytes. */
  static Message with(Message message, FieldDescriptor field, String text) {
    Object value =
        field.getJavaType() == FieldDescriptor.JavaType.STRING
            ? text
            : ByteString.copyFromUtf8(text);
    Message.Builder builder = message.toBuilder();
    return field.isRepeated()
        ? builder.addRepeatedField(field, value).build()
        : builder.setField(field, value).build();
  }

  /** The message with one more field behind all others, whether its number is known or not. */
  static Message withField(Message message, int number, String text) {
    UnknownFieldSet.Field field =
        UnknownFieldSet.Field.newBuilder()
            .addLengthDelimited(ByteString.copyFromUtf8(text))
            .build();
    return withField(message, number, field);
  }

  /** The same as a group that holds the field. */
  static Message withGroup(Message message, int number, String text) {
    UnknownFieldSet inner =
        UnknownFieldSet.newBuilder()
            .addField(
                1,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8(text))
                    .build())
            .build();
    return withField(message, number, UnknownFieldSet.Field.newBuilder().addGroup(inner).build());
  }

  private static Message withField(Message message, int number, UnknownFieldSet.Field field) {
    UnknownFieldSet fields =
        message.getUnknownFields().toBuilder().mergeField(number, field).build();
    return message.toBuilder().setUnknownFields(fields).build();
  }

  static FieldDescriptor field(Descriptor type, String name) {
    FieldDescriptor field = type.findFieldByName(name);
    if (field == null) {
      throw new IllegalStateException(type.getFullName() + " has no field " + name);
    }
    return field;
  }

  private static Message made(FieldDescriptor field, String key) {
    Descriptor type = field.getMessageType();
    Message.Builder made = DynamicMessage.newBuilder(type);
    if (type.getFullName().equals(KEY_VALUE)) {
      FieldDescriptor value = field(type, "value");
      Descriptor any = value.getMessageType();
      made.setField(field(type, "key"), key);
      made.setField(
          value, DynamicMessage.newBuilder(any).setField(field(any, "int_value"), 1L).build());
    } else if (type.getFullName().equals(LINK)) { // without ids it would not be kept
      made.setField(field(type, "trace_id"), ByteString.copyFrom(new byte[15]).concat(ONE));
      made.setField(field(type, "span_id"), ByteString.copyFrom(new byte[7]).concat(ONE));
    }
    return made.build();
  }
}
