package dev.tollspan.processors.cost;

import java.util.Locale;

/** What a span is to a bill: {@code cost.role}. */
public enum CostRole {
  /** No part of an LLM call; nothing is written. */
  NONE,
  /** A call that is billed, if its price is known. */
  BILLABLE,
  /** Around calls; its usage is theirs once more. */
  WRAPPER,
  /** A part of a call. */
  STAGE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The word for {@code cost.role}. */
  public String label() {
    return label;
  }
}
