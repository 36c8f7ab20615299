package dev.tollspan.usage;

/** What told the class of a span. */
public enum ClassReason {
  /** No attribute of an LLM. */
  NOTHING,
  /** A rule of the configuration. */
  CONFIGURED,
  /** The span's name, which says it for this emitter. */
  NAME,
  /** An attribute made to say it. */
  SIGNAL,
  /** A model on a span of kind CLIENT or SERVER. */
  KIND,
  /** Counts, and nothing else. */
  COUNTS,
  /** Attributes of an LLM, but neither counts nor a remote model. */
  REST
}
