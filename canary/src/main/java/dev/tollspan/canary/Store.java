package dev.tollspan.canary;

/** Where spans end, told apart by what it can hold. */
public enum Store {
  NDJSON,
  PARQUET,
  /** Another pipeline or a back end, as it was captured. */
  FORWARDED
}
