package dev.tollspan.usage;

/** Where the model's name was found. */
public enum ModelSource {
  NONE,
  SPAN,
  RESOURCE
}
