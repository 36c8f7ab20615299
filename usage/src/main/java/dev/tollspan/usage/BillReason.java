package dev.tollspan.usage;

/** Why a span of a trace is billed, or is not. */
public enum BillReason {
  /** A call, and the best account of it in the trace. */
  CALL,
  /** A further sequence of a request whose prompt another span bills. */
  SEQUENCE,
  /** A wrapper with usage and nothing below it that tells any. */
  SOLE_WRAPPER,
  /** Usage that nothing else in the trace accounts for. */
  SOLE_USAGE,
  /** Another span tells the same call better. */
  DUPLICATE,
  /** A later call of the same loop repeats its counts. */
  ACCUMULATED,
  /** The calls below tell what this span sums up, or are each as much this span's call. */
  REPEATED_BELOW,
  /** Neither a call nor a wrapper with usage. */
  NO_CALL
}
