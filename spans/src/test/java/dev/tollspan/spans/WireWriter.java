package dev.tollspan.spans;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** Writes protobuf by hand, so that tests can send what no serialiser would write. */
final class WireWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  WireWriter raw(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  WireWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** A varint of exactly so many bytes, with as many empty ones at its end as that takes. */
  WireWriter wide(long value, int width) {
    long rest = value;
    for (int i = 1; i < width; i++) {
      out.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  WireWriter number(long value) {
    return wide(value, Wire.varintSize(value));
  }

  WireWriter tag(int field, int wireType) {
    return number(Wire.tag(field, wireType) & 0xffffffffL);
  }

  WireWriter varint(int field, long value) {
    return tag(field, Wire.VARINT).number(value);
  }

  WireWriter fixed64(int field, long value) {
    tag(field, Wire.FIXED64);
    for (int shift = 0; shift < 64; shift += 8) {
      out.write((int) (value >>> shift));
    }
    return this;
  }

  WireWriter fixed32(int field, int value) {
    tag(field, Wire.FIXED32);
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >>> shift);
    }
    return this;
  }

  WireWriter bytes(int field, byte... content) {
    return tag(field, Wire.LENGTH).number(content.length).raw(content);
  }

  WireWriter text(int field, String content) {
    return bytes(field, content.getBytes(UTF_8));
  }

  WireWriter message(int field, WireWriter content) {
    return bytes(field, content.done());
  }

  int size() {
    return out.size();
  }

  byte[] done() {
    return out.toByteArray();
  }

  static WireWriter wire() {
    return new WireWriter();
  }

  /** A KeyValue with a text. */
  static WireWriter attribute(String key, String value) {
    return wire().text(1, key).message(2, wire().text(1, value));
  }

  /** The ids that a span needs. */
  static WireWriter span(int number) {
    return wire().bytes(1, id(16, number)).bytes(2, id(8, number));
  }

  /** An id that is nowhere zero. */
  static byte[] id(int length, int number) {
    byte[] id = new byte[length];
    for (int i = 0; i < length; i++) {
      id[i] = (byte) (1 + (number + i) % 255);
    }
    return id;
  }

  /** A request of one scope with these spans. */
  static byte[] request(WireWriter... spans) {
    WireWriter scope = wire().message(1, wire().text(1, "lib"));
    for (WireWriter span : spans) {
      scope.message(2, span);
    }
    WireWriter resource = wire().message(1, wire().message(1, attribute("service.name", "svc")));
    return wire().message(1, resource.message(2, scope)).done();
  }
}
