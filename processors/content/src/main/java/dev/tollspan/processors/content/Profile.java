package dev.tollspan.processors.content;

/** How much the gate keeps. A pipeline has one profile. */
public enum Profile {
  /** Numbers and booleans under known keys; text only where a key and its grammar allow it. */
  STRICT
}
