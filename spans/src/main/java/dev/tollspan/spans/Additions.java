package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;

/**
 * Attributes that a processor adds to the spans of a batch, in the order of the spans.
 *
 * <p>By type no text of a request can get in: a value is a number, a boolean, or a {@link Constant}
 * that was encoded before any request came. That is why the gate passes additions unread.
 *
 * <p>One thread. {@link #next} must be called once for each span, first to last.
 */
public final class Additions {
  static final Additions NONE = new Additions();

  private static final int KEPT_BYTES_MAX = 1 << 22;

  byte[] patch = new byte[0];
  int[] ends = new int[0]; // ends[i]: where span i's additions end in patch
  private int length;
  private int span = -1;
  private Additions before = this;

  Additions() {}

  void start(Additions earlier, int spanCount) {
    before = earlier;
    length = 0;
    span = -1;
    if (ends.length < spanCount) {
      ends = new int[Math.max(64, Integer.highestOneBit(spanCount) * 2)];
    }
  }

  /** Goes on to the next span; what was added to it by an earlier processor stays. */
  public void next() {
    close();
    span++;
    if (before != NONE && before != this) {
      int from = before.start(span);
      int bytes = before.ends[span] - from;
      room(bytes);
      System.arraycopy(before.patch, from, patch, length, bytes);
      length += bytes;
    }
  }

  /** Adds a double. */
  public void add(Key key, double value) {
    int p = head(key, 9);
    patch[p] = (byte) Wire.tag(4, Wire.FIXED64);
    Wire.putInt64(patch, p + 1, Double.doubleToRawLongBits(value));
    length = p + 9;
  }

  /** Adds an integer. */
  public void add(Key key, long value) {
    room(key.encodedSize(value));
    length = key.encode(value, patch, length);
  }

  /** Adds a boolean. */
  public void add(Key key, boolean value) {
    int p = head(key, 2);
    patch[p] = (byte) Wire.tag(2, Wire.VARINT);
    patch[p + 1] = (byte) (value ? 1 : 0);
    length = p + 2;
  }

  /** Adds attributes that never change. */
  public void add(Constant attribute) {
    byte[] encoded = attribute.encoded;
    room(encoded.length);
    System.arraycopy(encoded, 0, patch, length, encoded.length);
    length += encoded.length;
  }

  /** Adds attributes that come together; their doubles are given by {@link #set}. */
  public void add(Block block) {
    byte[] encoded = block.encoded;
    room(encoded.length);
    System.arraycopy(encoded, 0, patch, length, encoded.length);
    length += encoded.length;
  }

  /**
   * Gives a double of the block that was added last.
   *
   * @param place among the keys of the block
   */
  public void set(Block block, int place, double value) {
    int at = length - block.encoded.length + block.places[place];
    Wire.putInt64(patch, at, Double.doubleToRawLongBits(value));
  }

  /** Several doubles, and attributes that never change beside them; encoded once. */
  public static final class Block {
    private final byte[] encoded;
    private final int[] places; // of the doubles

    private Block(byte[] encoded, int[] places) {
      this.encoded = encoded;
      this.places = places;
    }

    /** A block: first the doubles, all 0 yet. */
    public static Block of(List<Key> doubles, Constant rest) {
      byte[] all = {};
      int[] places = new int[doubles.size()];
      for (int i = 0; i < places.length; i++) {
        byte[] zero = doubles.get(i).encode(0.0);
        all = concat(all, zero);
        places[i] = all.length - Double.BYTES;
      }
      return new Block(concat(all, rest.encoded), places);
    }
  }

  /** An attribute's key, encoded once. */
  public static final class Key {
    private static final int NAME_BYTES_MAX = 100; // all lengths then take one byte

    /** All that stands before the value: both tags, both lengths (set with the value), the key. */
    private final byte[] head;

    private Key(byte[] name) {
      byte[] key = lengthDelimited(1, name);
      head = new byte[key.length + 4];
      head[0] = (byte) Wire.tag(9, Wire.LENGTH);
      System.arraycopy(key, 0, head, 2, key.length);
      head[head.length - 2] = (byte) Wire.tag(2, Wire.LENGTH);
    }

    /** How many bytes {@link #encode} writes. */
    int encodedSize(long value) {
      return head.length + 1 + Wire.varintSize(value);
    }

    /** Writes a whole attribute of type INT and returns the offset behind it. */
    int encode(long value, byte[] target, int at) {
      int p = head(1 + Wire.varintSize(value), target, at);
      target[p] = (byte) Wire.tag(3, Wire.VARINT);
      return Wire.putVarint(target, p + 1, value);
    }

    private byte[] encode(double value) {
      byte[] whole = new byte[head.length + 1 + Double.BYTES];
      int p = head(1 + Double.BYTES, whole, 0);
      whole[p] = (byte) Wire.tag(4, Wire.FIXED64);
      Wire.putInt64(whole, p + 1, Double.doubleToRawLongBits(value));
      return whole;
    }

    /** Writes tags, lengths and key of an attribute whose AnyValue has so many bytes. */
    private int head(int anyBytes, byte[] target, int at) {
      System.arraycopy(head, 0, target, at, head.length);
      target[at + 1] = (byte) (head.length - 2 + anyBytes);
      target[at + head.length - 1] = (byte) anyBytes;
      return at + head.length;
    }

    /**
     * A key; not for keys that came in a request.
     *
     * @throws IllegalArgumentException if it is longer than 100 bytes
     */
    public static Key of(String name) {
      byte[] encoded = name.getBytes(UTF_8);
      if (encoded.length > NAME_BYTES_MAX) {
        throw new IllegalArgumentException("a key of ours has at most 100 bytes: " + name);
      }
      return new Key(encoded);
    }
  }

  /** One attribute or several, encoded once. */
  public static final class Constant {
    private final byte[] encoded;

    private Constant(byte[] encoded) {
      this.encoded = encoded;
    }

    /** A text attribute; not for text that came in a request. */
    public static Constant of(String key, String value) {
      byte[] name = lengthDelimited(1, key.getBytes(UTF_8));
      byte[] any = lengthDelimited(2, lengthDelimited(1, value.getBytes(UTF_8)));
      return new Constant(lengthDelimited(9, concat(name, any)));
    }

    /** An attribute that is a list of texts; not for texts that came in a request. */
    public static Constant of(String key, List<String> values) {
      byte[] array = {};
      for (String value : values) {
        byte[] text = value.getBytes(UTF_8);
        array = concat(array, lengthDelimited(1, lengthDelimited(1, text)));
      }
      byte[] name = lengthDelimited(1, key.getBytes(UTF_8));
      byte[] any = lengthDelimited(2, lengthDelimited(5, array));
      return new Constant(lengthDelimited(9, concat(name, any)));
    }

    /** Several attributes that always come together. */
    public static Constant join(Constant... attributes) {
      byte[] all = {};
      for (Constant attribute : attributes) {
        all = concat(all, attribute.encoded);
      }
      return new Constant(all);
    }
  }

  int start(int spanNumber) {
    return spanNumber == 0 ? 0 : ends[spanNumber - 1];
  }

  /** Ends the list; every span must have had its turn, or another batch's ends would be read. */
  void finish(int spanCount) {
    close();
    if (span != spanCount - 1) {
      throw new IllegalStateException("next() was called for " + (span + 1) + " spans");
    }
  }

  private void close() {
    if (span >= 0) {
      ends[span] = length;
    }
  }

  /** Forgets everything, and wipes nothing: no request's bytes can be in here. */
  void clear() {
    before = NONE;
    length = 0;
    span = -1;
  }

  boolean reusable() {
    return patch.length <= KEPT_BYTES_MAX && ends.length <= KEPT_BYTES_MAX;
  }

  private int head(Key key, int anyBytes) {
    room(key.head.length + anyBytes);
    return key.head(anyBytes, patch, length);
  }

  private void room(int more) {
    if (length + more > patch.length) {
      patch = Arrays.copyOf(patch, Math.max(4096, Integer.highestOneBit(length + more) * 2));
    }
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] lengthDelimited(int field, byte[] content) {
    byte[] out = new byte[1 + Wire.varintSize(content.length) + content.length];
    out[0] = (byte) Wire.tag(field, Wire.LENGTH);
    int p = Wire.putVarint(out, 1, content.length);
    System.arraycopy(content, 0, out, p, content.length);
    return out;
  }
}
