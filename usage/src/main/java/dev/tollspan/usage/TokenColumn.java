package dev.tollspan.usage;

import dev.tollspan.prices.Count;
import dev.tollspan.spans.LlmField;

/** The counts that files have columns for. */
public enum TokenColumn {
  INPUT(Meaning.INPUT, Count.IN_TOTAL, LlmField.INPUT_TOKENS),
  OUTPUT(Meaning.OUTPUT, Count.OUT_TOTAL, LlmField.OUTPUT_TOKENS),
  CACHE_READ(Meaning.CACHE_READ, Count.CACHE_READ, LlmField.CACHE_READ_TOKENS),
  CACHE_WRITE(Meaning.CACHE_WRITE, Count.CACHE_WRITE, LlmField.CACHE_WRITE_TOKENS),
  REASONING(Meaning.REASONING, Count.REASONING, LlmField.REASONING_TOKENS);

  final Meaning meaning;
  private final Count count;
  private final LlmField field;

  TokenColumn(Meaning meaning, Count count, LlmField field) {
    this.meaning = meaning;
    this.count = count;
    this.field = field;
  }

  /** What is counted. */
  public Count count() {
    return count;
  }

  /** The attribute that the column trusts most, and that the pipeline writes. */
  public String key() {
    return field.keys().getFirst();
  }

  /** Whether an attribute that has this meaning fills the column. */
  static boolean isFilledBy(Meaning meaning, String key) {
    for (TokenColumn column : values()) {
      if (column.meaning == meaning) {
        return column.field.keys().contains(key);
      }
    }
    return false;
  }
}
