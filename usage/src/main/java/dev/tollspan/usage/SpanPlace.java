package dev.tollspan.usage;

import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.SpanView;
import org.jspecify.annotations.Nullable;

/** What the scope and the resource of a span tell, worked out once for each. One thread. */
final class SpanPlace {
  private final UsageTables tables;
  private final boolean[] rules;
  private final boolean[] classes;
  private @Nullable SpanView view; // all of the reading thread
  private int scope = -1;
  private boolean anyRule;
  private boolean anyClass;

  /** The row of a scope that belongs to one emitter, or Patterns.NONE. */
  int sureRow = Patterns.NONE;

  /** The best row of what is shared with others. */
  int weakRow = Patterns.NONE;

  /** What the resource tells. */
  final Scan resource;

  SpanPlace(UsageTables tables) {
    this.tables = tables;
    rules = new boolean[tables.ruleScopes.size()];
    classes = new boolean[tables.classScopes.size()];
    resource = new Scan(tables.config.countMax());
  }

  /** Forgets the batch. */
  void forget() {
    view = null;
    scope = -1;
  }

  /** Moves to where the view stands. */
  void moveTo(SpanView span) {
    if (span != view || span.scope() != scope) {
      view = span;
      scope = span.scope();
      work(span);
    }
  }

  private void work(SpanView span) {
    byte[] bytes = span.bytes();
    int offset = Math.max(0, span.scopeNameOffset());
    int length = span.scopeNameLength();
    sureRow = tables.dialects.scopeRow(bytes, offset, length);
    weakRow = tables.dialects.hostRow(bytes, offset, length);
    resource.clear();
    Attributes attributes = span.resourceAttributes();
    for (int i = 0; i < attributes.count(); i++) {
      int key = attributes.keyId(i);
      int code = tables.meanings.resourceCodes[key];
      if (code != 0) {
        resource.take(code, attributes, i);
      }
      Patterns values = tables.meanings.resourceValues[key];
      if (values != null && attributes.type(i) == Attributes.STRING) {
        int row = values.find(bytes, attributes.valueOffset(i), attributes.valueLength(i));
        weakRow = Math.min(weakRow, row);
      }
    }
    anyRule = false;
    for (int i = 0; i < rules.length; i++) {
      rules[i] =
          tables.ruleScopes.get(i).find(bytes, offset, length) != Patterns.NONE
              && tables
                  .config
                  .rules()
                  .get(i)
                  .covers(span.text(span.scopeVersionOffset(), span.scopeVersionLength()));
      anyRule |= rules[i];
    }
    anyClass = false;
    for (int i = 0; i < classes.length; i++) {
      classes[i] = tables.classScopes.get(i).find(bytes, offset, length) != Patterns.NONE;
      anyClass |= classes[i];
    }
  }

  /** The configured class of a span, or null. */
  @Nullable SpanClass configuredClass(SpanView span) {
    for (int i = 0; anyClass && i < classes.length; i++) {
      int offset = Math.max(0, span.nameOffset());
      if (classes[i]
          && tables.classSpans.get(i).find(span.bytes(), offset, span.nameLength())
              != Patterns.NONE) {
        return tables.config.classes().get(i).spanClass();
      }
    }
    return null;
  }

  /** Asks the configured rules about a call of this provider. */
  void rules(String vendor, BasisQuestion question) {
    for (int i = 0; anyRule && i < rules.length; i++) {
      BasisRule rule = tables.config.rules().get(i);
      if (rules[i] && (rule.provider() == null || rule.provider().equals(vendor))) {
        if (question.userCache == 0 && rule.cache() != null) {
          question.userCache =
              rule.cache() == CacheBasis.EXCLUSIVE ? Code.EXCLUSIVE : Code.INCLUSIVE;
        }
        if (question.userReasoning == 0 && rule.reasoning() != null) {
          question.userReasoning =
              rule.reasoning() == ReasoningBasis.BESIDE ? Code.EXCLUSIVE : Code.INCLUSIVE;
        }
      }
    }
  }
}
