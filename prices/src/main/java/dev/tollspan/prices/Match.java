package dev.tollspan.prices;

import java.util.Locale;

/** How a model's name led to its rows; the earlier, the surer. */
public enum Match {
  /** The configuration says what stands behind a deployment or a name. */
  OVERRIDE,
  EXACT,
  ALIAS,
  /** After wrappers, case, geography and version marks were taken off the name. */
  NORMALIZED,
  /** After a trailing date was taken off the name. */
  SNAPSHOT,
  PATTERN,
  /** The vendor is unknown, but all that have this model ask the same. */
  PROVIDER_INFERRED,
  /** The row for models that no book knows. */
  DEFAULT;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The word for {@code cost.match}. */
  public String label() {
    return label;
  }
}
