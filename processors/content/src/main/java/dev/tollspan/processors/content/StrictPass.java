package dev.tollspan.processors.content;

import dev.tollspan.spans.Additions;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.GroupView;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;

/**
 * One batch on its way through the strict gate, field by field in the order of the wire. One
 * thread.
 */
final class StrictPass {
  private static final byte[] TENANT_DIALECT = Names.ascii("inference.");
  private static final byte[] SCHEMAS = Names.ascii("https://opentelemetry.io/schemas/");
  private static final Additions.Key REMOVED_COUNT = Additions.Key.of("content.removed.count");
  private static final Additions.Key REMOVED_BYTES = Additions.Key.of("content.removed.bytes");

  private static final int WORDS_MAX = 16;
  private static final long NAN_PAYLOAD = 0x0007_ffff_ffff_ffffL;

  private final SpanBatch batch;
  private final Grammar[] grammars;
  private final Names names;
  private final BatchEditor editor;
  private final SpanView span;
  private final byte[] bytes;
  private long allValues;
  private long allBytes;
  private int values; // of the span that is being cleaned, as the next one
  private long valueBytes;

  StrictPass(SpanBatch batch, Grammar[] grammars, Names names) {
    this.batch = batch;
    this.grammars = grammars;
    this.names = names;
    editor = BatchEditor.of(batch);
    span = batch.view();
    bytes = span.bytes();
  }

  CleanBatch run() {
    GroupView groups = batch.groups();
    for (int r = 0; r < groups.resourceCount(); r++) {
      groups.moveToResource(r);
      if (groups.resourceSpanCount() == 0) {
        editor.delete(groups.resourceStart(), groups.resourceEnd());
      } else {
        resource(groups);
      }
    }
    return editor.splice(batch);
  }

  long removedValues() {
    return allValues + values;
  }

  long removedBytes() {
    return allBytes + valueBytes;
  }

  private void resource(GroupView groups) {
    attributes(groups.resourceAttributes(), false);
    if (groups.entitiesStart() >= 0) {
      remove(groups.entitiesEnd() - groups.entitiesStart());
      editor.delete(groups.entitiesStart(), groups.entitiesEnd());
    }
    for (int s = groups.firstScope(); s < groups.firstScope() + groups.scopeCount(); s++) {
      groups.moveToScope(s);
      if (groups.spanCount() == 0) {
        editor.delete(groups.scopeStart(), groups.scopeEnd());
      } else {
        scope(groups);
      }
    }
    schema(groups.resourceSchemaOffset(), groups.resourceSchemaLength());
  }

  private void scope(GroupView groups) {
    int name = groups.scopeNameOffset();
    int nameLength = groups.scopeNameLength();
    if (name >= 0 && !isWord(Grammar.NAME, name, name + nameLength)) {
      removeContent(name, nameLength);
    }
    int version = groups.scopeVersionOffset();
    int versionLength = groups.scopeVersionLength();
    if (version >= 0 && !isWord(Grammar.VERSION, version, version + versionLength)) {
      removeContent(version, versionLength);
    }
    attributes(groups.scopeAttributes(), false);
    for (int s = groups.firstSpan(); s < groups.firstSpan() + groups.spanCount(); s++) {
      span(s);
    }
    schema(groups.scopeSchemaOffset(), groups.scopeSchemaLength());
  }

  private void span(int number) {
    allValues += values;
    allBytes += valueBytes;
    values = 0;
    valueBytes = 0;
    span.moveTo(number);
    if (span.traceStateOffset() >= 0) {
      removeContent(span.traceStateOffset(), span.traceStateLength());
    }
    int name = span.nameOffset();
    int nameEnd = name + span.nameLength();
    if (name >= 0
        && (!names.keepsSpanName(bytes, name, nameEnd) || Cards.holdsCard(bytes, name, nameEnd))) {
      remove(nameEnd - name);
      byte[] other = names.insteadOf(bytes, name, nameEnd, span.kind());
      editor.replaceContent(name, nameEnd - name, other);
    }
    boolean namesTenants = name >= 0 && Names.startsWith(bytes, name, nameEnd, TENANT_DIALECT);
    int dropped = attributes(span.attributes(), namesTenants);
    editor.insertAdditions(batch, number);
    int place = editor.place(); // what events, links and status lose is counted here too
    if (dropped > 0) {
      editor.addDroppedAttributes(batch, number, dropped);
    }
    tail();
    if (values > 0) {
      editor.insertAttribute(place, batch, number, REMOVED_BYTES, valueBytes);
      editor.insertAttribute(place, batch, number, REMOVED_COUNT, values);
    }
  }

  private void tail() {
    for (int i = 0; i < span.eventCount(); i++) {
      SpanView.EventView event = span.event(i);
      if (!keepsEventName(event)) {
        remove(event.nameLength());
        editor.replaceContent(event.nameOffset(), event.nameLength(), names.ofEvent());
      }
      attributes(event.attributes(), false);
    }
    for (int i = 0; i < span.linkCount(); i++) {
      SpanView.LinkView link = span.link(i);
      if (link.traceStateOffset() >= 0) {
        removeContent(link.traceStateOffset(), link.traceStateLength());
      }
      attributes(link.attributes(), false);
    }
    if (span.statusMessageOffset() >= 0) {
      removeContent(span.statusMessageOffset(), span.statusMessageLength());
    }
  }

  private boolean keepsEventName(SpanView.EventView event) {
    int from = event.nameOffset();
    return from < 0 || names.isIdentifier(bytes, from, from + event.nameLength());
  }

  /** Deletes the attributes that may not stay, neighbours together; returns how many. */
  private int attributes(Attributes list, boolean namesTenants) {
    int dropped = 0;
    int from = 0;
    int to = 0;
    int count = list.count();
    for (int i = 0; i < count; i++) {
      if (!keeps(list, i, namesTenants)) {
        removeValue(list, i);
        dropped++;
        if (list.start(i) != to) {
          deleteRun(from, to);
          from = list.start(i);
        }
        to = list.end(i);
      }
    }
    deleteRun(from, to);
    return dropped;
  }

  private void deleteRun(int from, int to) {
    if (to > from) {
      editor.delete(from, to);
    }
  }

  private boolean keeps(Attributes list, int i, boolean namesTenants) {
    Grammar grammar = grammars[list.keyId(i)];
    if (grammar == Grammar.NOTHING || (grammar == Grammar.TENANT && !namesTenants)) {
      return false;
    }
    return switch (list.type(i)) {
      case Attributes.BOOL -> true;
      case Attributes.INT -> !Cards.isCard(list.longValue(i));
      case Attributes.DOUBLE -> isNumber(grammar, list.doubleValue(i));
      case Attributes.STRING ->
          grammar != Grammar.WORDS && isWord(grammar, list.valueOffset(i), list.end(i));
      case Attributes.ARRAY ->
          grammar == Grammar.WORDS && areWords(list.valueOffset(i), list.end(i));
      default -> false; // an empty value under a known key says nothing
    };
  }

  private boolean isWord(Grammar grammar, int from, int to) {
    return grammar.admits(bytes, from, to) && !Cards.holdsCard(bytes, from, to);
  }

  /**
   * Whether a double says no more than a number. A measured one has as many digits as a card, and
   * one in forty would be taken for one; so of those only the whole part is looked at.
   */
  private static boolean isNumber(Grammar grammar, double value) {
    if (Double.isNaN(value)) {
      return (Double.doubleToRawLongBits(value) & NAN_PAYLOAD) == 0;
    }
    return grammar == Grammar.MEASURE ? !Cards.isCard((long) value) : !Cards.isCard(value);
  }

  /** Whether an ArrayValue holds known finish reasons and nothing else. */
  private boolean areWords(int from, int end) {
    int p = from;
    int words = 0;
    while (p < end) {
      // values = 1, AnyValue { string_value = 1 }, both lengths in one byte
      if (end - p < 4 || bytes[p] != 0x0a || bytes[p + 2] != 0x0a || ++words > WORDS_MAX) {
        return false;
      }
      int outer = bytes[p + 1];
      int inner = bytes[p + 3];
      if (inner < 0 || outer != inner + 2 || !Vocabulary.REASONS.holds(bytes, p + 4, inner)) {
        return false;
      }
      p += 4 + inner;
    }
    return true;
  }

  private void schema(int offset, int length) {
    if (offset >= 0 && !isKnownSchema(offset, length)) {
      removeContent(offset, length);
    }
  }

  private boolean isKnownSchema(int offset, int length) {
    int version = offset + SCHEMAS.length;
    if (length <= SCHEMAS.length
        || length > SCHEMAS.length + 12
        || !Names.startsWith(bytes, offset, offset + length, SCHEMAS)) {
      return false;
    }
    for (int p = version; p < offset + length; p++) {
      if (bytes[p] != '.' && (bytes[p] < '0' || bytes[p] > '9')) {
        return false;
      }
    }
    return true;
  }

  private void removeContent(int offset, int length) {
    remove(length);
    editor.deleteContent(offset, length);
  }

  private void removeValue(Attributes list, int i) {
    switch (list.type(i)) {
      case Attributes.STRING, Attributes.BYTES, Attributes.ARRAY, Attributes.KVLIST ->
          remove(list.valueLength(i));
      default -> {}
    }
  }

  private void remove(int length) {
    if (length > 0) {
      values++;
      valueBytes += length;
    }
  }
}
