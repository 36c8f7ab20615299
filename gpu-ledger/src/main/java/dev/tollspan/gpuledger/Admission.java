package dev.tollspan.gpuledger;

/** What became of a request that was handed to a ledger. Each is counted. */
public enum Admission {
  /** It will have a part in every window that it touches. */
  KEPT,
  /** At least one of its windows was closed already; for those a {@link Correction} was written. */
  LATE,
  /** The same span with the same interval is there already; its provisional cost is repeated. */
  DUPLICATE,
  /** The ledger holds as many intervals as it may; a {@link Correction} stands for all of it. */
  FULL,
  /** It began and ended in the same nanosecond: it costs nothing and has no part. */
  EMPTY,
  /** Refused: a time or a token count is negative, or is not a number. */
  INVALID,
  /** Refused: it ended before it began. */
  BACKWARDS,
  /** Refused: it ran for longer than a request may. */
  TOO_LONG,
  /** Refused: it ends later than a clock may differ, and would close windows of the future. */
  AHEAD
}
