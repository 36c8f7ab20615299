package dev.tollspan.usage;

/** How sure a verdict on the meaning of counts is, the surest first. */
public enum Confidence {
  CERTAIN,
  TABLE,
  LIKELY,
  LOW,
  DEFAULT
}
