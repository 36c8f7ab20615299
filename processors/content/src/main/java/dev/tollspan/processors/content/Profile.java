package dev.tollspan.processors.content;

/** How much the gate keeps. A pipeline has one profile. */
public enum Profile {
  /** Numbers and booleans under known keys; text only where a key and its grammar allow it. */
  STRICT,
  /** All families of content go, and long or wordy text; what is left is searched by detectors. */
  BALANCED,
  /** Everything. For a sink that is made for content, and forgets it in time. */
  PASSTHROUGH
}
