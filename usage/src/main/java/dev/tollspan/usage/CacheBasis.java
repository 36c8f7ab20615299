package dev.tollspan.usage;

/** Whether the emitter's input count holds the cached tokens. */
public enum CacheBasis {
  INCLUSIVE,
  EXCLUSIVE
}
