package dev.tollspan.usage;

/** Why counts of a span cannot be relied on. */
public enum Fault {
  NONE,
  /** A count that is negative, broken, endless or beyond the limit: the usage is invalid. */
  BAD_COUNT,
  /** A packed attribute is too long to be read. */
  PACKED_TOO_LONG,
  /** A packed attribute is nested too deep. */
  PACKED_TOO_DEEP,
  /** A packed attribute ends within a value, or is something else. */
  PACKED_BROKEN
}
