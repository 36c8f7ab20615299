package dev.tollspan.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where in a packed attribute the values stand that tell something: a tree. */
final class PackedPaths {
  static final int ROOT = 0;

  /** What {@link #member} and {@link #element} say of a place that leads nowhere. */
  static final int NOWHERE = -1;

  /** No pointer of the tables is longer. */
  static final int DEPTH_MAX = 15;

  private final List<Node> nodes = new ArrayList<>();

  /** One place: what its value tells, and where its members lead. */
  private static final class Node {
    private int code; // the members of this class are set only while the tree is built
    private byte[][] names = {};
    private int[] indexes = {};
    private int[] targets = {};
  }

  PackedPaths() {
    nodes.add(new Node());
  }

  /** Adds a pointer; of two codes for one place the first stays. */
  void add(List<String> pointer, int code) {
    if (pointer.size() > DEPTH_MAX) {
      throw new IllegalStateException("pointer too long: " + pointer);
    }
    int at = ROOT;
    for (String segment : pointer) {
      byte[] name = segment.getBytes(UTF_8);
      int next = member(at, name, 0, name.length);
      if (next == NOWHERE) {
        next = nodes.size();
        nodes.add(new Node());
        Node node = nodes.get(at);
        int n = node.names.length;
        node.names = Arrays.copyOf(node.names, n + 1);
        node.names[n] = name;
        node.indexes = Arrays.copyOf(node.indexes, n + 1);
        node.indexes[n] = segment.matches("[0-9]{1,4}") ? Integer.parseInt(segment) : NOWHERE;
        node.targets = Arrays.copyOf(node.targets, n + 1);
        node.targets[n] = next;
      }
      at = next;
    }
    if (nodes.get(at).code == 0) {
      nodes.get(at).code = code;
    }
  }

  /** What the value at this place tells: a Code, or 0. */
  int code(int place) {
    return nodes.get(place).code;
  }

  /** Whether anything below this place tells something. */
  boolean leadsOn(int place) {
    return nodes.get(place).targets.length > 0;
  }

  int member(int place, byte[] bytes, int from, int to) {
    Node node = nodes.get(place);
    for (int i = 0; i < node.names.length; i++) {
      byte[] name = node.names[i];
      if (name.length == to - from && Arrays.equals(name, 0, name.length, bytes, from, to)) {
        return node.targets[i];
      }
    }
    return NOWHERE;
  }

  int element(int place, int index) {
    Node node = nodes.get(place);
    for (int i = 0; i < node.indexes.length; i++) {
      if (node.indexes[i] == index) {
        return node.targets[i];
      }
    }
    return NOWHERE;
  }
}
