package dev.tollspan.canary;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.List;

/**
 * Every place of a message in which a text can stand, found by walking its descriptor: what a later
 * release of the protocol adds is among them. One thread.
 */
final class Places {
  private static final int DEPTH_MAX = 40;

  /** A value within a value is walked into once; deeper ones are alike. */
  private static final int SAME_TYPE_MAX = 2;

  private final List<Place> places = new ArrayList<>();
  private final List<FieldDescriptor> path = new ArrayList<>();

  private Places() {}

  static List<Place> of(Descriptor message) {
    Places walk = new Places();
    walk.walk(message);
    return walk.places;
  }

  private void walk(Descriptor type) {
    add(new Place.Kind.Unknown(false));
    add(new Place.Kind.Unknown(true));
    boolean isValue = type.getFullName().equals(Wire.ANY_VALUE);
    if (isValue && countOf(type) == 1) {
      add(new Place.Kind.Items(true));
      add(new Place.Kind.Items(false));
      for (int depth = 1; depth <= DEPTH_MAX; depth++) {
        for (Place.Nest nest : Place.Nest.values()) {
          add(new Place.Kind.Deep(depth, nest));
        }
      }
    }
    for (FieldDescriptor field : type.getFields()) {
      switch (field.getJavaType()) {
        case STRING, BYTE_STRING -> leaf(field);
        case MESSAGE -> {
          path.add(field);
          if (countOf(field.getMessageType()) <= SAME_TYPE_MAX) {
            walk(field.getMessageType());
          }
          path.removeLast();
        }
        case INT, LONG, FLOAT, DOUBLE, BOOLEAN, ENUM -> {} // no text fits in
      }
    }
  }

  private void leaf(FieldDescriptor field) {
    add(new Place.Kind.Leaf(field, Place.Order.ONCE));
    if (!field.isRepeated()) {
      add(new Place.Kind.Leaf(field, Place.Order.FIRST_OF_TWO));
      add(new Place.Kind.Leaf(field, Place.Order.LAST_OF_TWO));
    }
  }

  private void add(Place.Kind kind) {
    places.add(new Place(path, kind));
  }

  private long countOf(Descriptor type) {
    return path.stream().filter(field -> field.getMessageType().equals(type)).count();
  }
}
