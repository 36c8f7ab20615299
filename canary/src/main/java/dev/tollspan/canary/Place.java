package dev.tollspan.canary;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A place of a request in which a text can stand.
 *
 * @param path the fields that lead to the message
 * @param kind what of that message holds the text
 */
record Place(List<FieldDescriptor> path, Kind kind) {
  /** Of no message of OTLP. */
  private static final int UNKNOWN_FIELD = 1_000;

  /** What holds a text. */
  sealed interface Kind {
    /** A field of strings or bytes. */
    record Leaf(FieldDescriptor field, Order order) implements Kind {}

    /** A field, or a group, that is not in the description of the message. */
    record Unknown(boolean group) implements Kind {}

    /** An AnyValue that holds the text so many lists and maps deep. */
    record Deep(int depth, Nest nest) implements Kind {}

    /** An AnyValue that holds it as a list of several items: of text, or of numbers. */
    record Items(boolean numbers) implements Kind {}
  }

  /** Protobuf lets a singular field come twice; the last one counts. */
  enum Order {
    ONCE,
    FIRST_OF_TWO,
    LAST_OF_TWO
  }

  /** Of what a deep value is made. */
  enum Nest {
    LISTS,
    MAPS,
    BOTH
  }

  Place {
    path = List.copyOf(path);
  }

  /** For reading: the fields below the request, and what is special. */
  String label() {
    String names = path.stream().map(FieldDescriptor::getName).collect(Collectors.joining("."));
    String below = names.replaceFirst("^resource_spans\\.(scope_spans\\.)?", "");
    String end =
        switch (kind) {
          case Kind.Leaf(FieldDescriptor field, Order order) ->
              field.getName() + (order == Order.ONCE ? "" : " (sent twice)");
          case Kind.Unknown(boolean _) -> "(unknown field)";
          case Kind.Deep(int _, Nest _) -> "(nested up to 40 deep)";
          case Kind.Items(boolean numbers) -> numbers ? "(numbers)" : "(list of texts)";
        };
    return (below.isEmpty() ? "request" : below) + "." + end;
  }

  /** Whether an attribute's key is to be chosen: the text is its value. */
  boolean isValue() {
    return path.stream().anyMatch(field -> field.getFullName().equals(Wire.KEY_VALUE + ".value"));
  }

  /** Whether the text is the value of an attribute, and not just within it. */
  boolean isPlainValue() {
    return kind instanceof Kind.Leaf
        && !path.isEmpty()
        && path.getLast().getFullName().equals(Wire.KEY_VALUE + ".value")
        && path.stream().filter(field -> field.equals(path.getLast())).count() == 1;
  }

  /** Whether who reads the message by the protocol's rules reads the text. */
  boolean counts() {
    return switch (kind) {
      case Kind.Leaf leaf -> leaf.order() != Order.FIRST_OF_TWO;
      case Kind.Unknown _ -> false;
      case Kind.Deep _, Kind.Items _ -> true;
    };
  }

  /** Whether the text is the key of an attribute, and not one within its value. */
  boolean isAttributeKey() {
    return kind instanceof Kind.Leaf leaf
        && leaf.field().getFullName().equals(Wire.KEY_VALUE + ".key")
        && !isValue();
  }

  /** Whether the text is an attribute's value as text, alone or in a list without another list. */
  boolean isTextOfAttribute() {
    return switch (kind) {
      case Kind.Leaf leaf ->
          (isPlainValue() || isItem()) && leaf.field().getName().equals("string_value");
      case Kind.Deep deep -> deep.depth() == 1 && deep.nest() != Nest.MAPS;
      case Kind.Items items -> !items.numbers();
      case Kind.Unknown _ -> false;
    };
  }

  /** Whether it is an item of a list that is an attribute's value. */
  private boolean isItem() {
    return !path.isEmpty()
        && path.getLast().getFullName().equals(Wire.ARRAY_VALUE + ".values")
        && path.stream().filter(Wire::isValue).count() == 2;
  }

  /** So many values within one another, the text's own among them. */
  int depth() {
    int values = (int) path.stream().filter(Wire::isValue).count();
    return kind instanceof Kind.Deep deep ? values + deep.depth() : values;
  }

  /** Whether it makes sense to send the text like this here. */
  boolean takes(Encoding encoding) {
    return switch (kind) {
      case Kind.Items(boolean numbers) -> encoding == (numbers ? Encoding.NUMBERS : Encoding.SPLIT);
      case Kind.Leaf _, Kind.Unknown _, Kind.Deep _ ->
          encoding != Encoding.NUMBERS && encoding != Encoding.SPLIT;
    };
  }

  /** The request with this text in this place. */
  Message put(Message request, String key, String word, Encoding encoding) {
    String text = encoding.text(word);
    return Wire.change(request, path, key, message -> put(message, word, text));
  }

  private Message put(Message message, String word, String text) {
    return switch (kind) {
      case Kind.Leaf(FieldDescriptor field, Order order) ->
          switch (order) {
            case ONCE -> Wire.with(message, field, text);
            case FIRST_OF_TWO ->
                Wire.withField(Wire.with(message, field, text), field.getNumber(), "x");
            case LAST_OF_TWO ->
                Wire.withField(Wire.with(message, field, "x"), field.getNumber(), text);
          };
      case Kind.Unknown(boolean group) ->
          group
              ? Wire.withGroup(message, UNKNOWN_FIELD, text)
              : Wire.withField(message, UNKNOWN_FIELD, text);
      case Kind.Deep(int depth, Nest nest) ->
          deep(message.getDescriptorForType(), text, depth, nest);
      case Kind.Items(boolean numbers) ->
          numbers
              ? numbers(message.getDescriptorForType(), word)
              : halves(message.getDescriptorForType(), word, text);
    };
  }

  private static Message deep(Descriptor any, String text, int depth, Nest nest) {
    Message value =
        Wire.with(DynamicMessage.getDefaultInstance(any), Wire.field(any, "string_value"), text);
    for (int level = 0; level < depth; level++) {
      boolean list = nest == Nest.LISTS || (nest == Nest.BOTH && level % 2 == 0);
      value = list ? list(any, List.of(value)) : map(any, value);
    }
    return value;
  }

  private static Message halves(Descriptor any, String word, String text) {
    int middle = text.indexOf(word) + Encoding.half(word, 0).length();
    Message empty = DynamicMessage.getDefaultInstance(any);
    FieldDescriptor string = Wire.field(any, "string_value");
    return list(
        any,
        List.of(
            Wire.with(empty, string, text.substring(0, middle)),
            Wire.with(empty, string, text.substring(middle))));
  }

  private static Message numbers(Descriptor any, String word) {
    FieldDescriptor number = Wire.field(any, "int_value");
    return list(
        any,
        word.chars()
            .mapToObj(
                c -> (Message) DynamicMessage.newBuilder(any).setField(number, (long) c).build())
            .toList());
  }

  private static Message list(Descriptor any, List<Message> items) {
    FieldDescriptor array = Wire.field(any, "array_value");
    FieldDescriptor values = Wire.field(array.getMessageType(), "values");
    Message.Builder list = DynamicMessage.newBuilder(array.getMessageType());
    items.forEach(item -> list.addRepeatedField(values, item));
    return DynamicMessage.newBuilder(any).setField(array, list.build()).build();
  }

  private static Message map(Descriptor any, Message value) {
    FieldDescriptor map = Wire.field(any, "kvlist_value");
    FieldDescriptor values = Wire.field(map.getMessageType(), "values");
    Descriptor entry = values.getMessageType();
    Message made =
        DynamicMessage.newBuilder(entry)
            .setField(Wire.field(entry, "key"), "content")
            .setField(Wire.field(entry, "value"), value)
            .build();
    return DynamicMessage.newBuilder(any)
        .setField(
            map,
            DynamicMessage.newBuilder(map.getMessageType()).addRepeatedField(values, made).build())
        .build();
  }
}
