package dev.tollspan.processors.content;

import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.GroupView;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import org.jspecify.annotations.Nullable;

/** One batch on its way through the gate, field by field in the order of the wire. One thread. */
final class GatePass {
  private static final byte[] TENANT_DIALECT = Names.ascii("inference.");
  private static final byte[] SCHEMAS = Names.ascii("https://opentelemetry.io/schemas/");

  /** From this kind on a span calls its peer: as a client, or a producer or consumer a broker. */
  private static final int CLIENT = 3;

  private final SpanBatch batch;
  private final Names names;
  private final @Nullable Rule off;
  private final Bench bench;
  private final Tally tally;
  private final BatchEditor editor;
  private final AttributePass attributes;
  private final SpanView span;
  private final byte[] bytes;

  GatePass(SpanBatch batch, Gate gate, Bench bench) {
    this.batch = batch;
    this.bench = bench;
    tally = bench.tally;
    names = gate.names();
    off = gate.off();
    editor = BatchEditor.of(batch);
    attributes = bench.attributes;
    span = batch.view();
    bytes = span.bytes();
  }

  CleanBatch run() {
    GroupView groups = batch.groups();
    for (int r = 0; r < groups.resourceCount(); r++) {
      groups.moveToResource(r);
      if (groups.resourceSpanCount() == 0 && off != Rule.EMPTY_GROUPS) {
        editor.delete(groups.resourceStart(), groups.resourceEnd());
      } else {
        resource(groups);
      }
    }
    tally.next();
    return editor.splice(batch);
  }

  private void resource(GroupView groups) {
    attributes.next();
    clean(Rule.RESOURCE_ATTRIBUTES, groups.resourceAttributes());
    if (groups.entitiesStart() >= 0 && off != Rule.ENTITY_REFS) {
      remove(groups.entitiesEnd() - groups.entitiesStart());
      editor.delete(groups.entitiesStart(), groups.entitiesEnd());
    }
    for (int s = groups.firstScope(); s < groups.firstScope() + groups.scopeCount(); s++) {
      groups.moveToScope(s);
      if (groups.spanCount() == 0 && off != Rule.EMPTY_GROUPS) {
        editor.delete(groups.scopeStart(), groups.scopeEnd());
      } else {
        scope(groups);
      }
    }
    schema(groups.resourceSchemaOffset(), groups.resourceSchemaLength());
  }

  private void scope(GroupView groups) {
    attributes.next();
    int name = groups.scopeNameOffset();
    int nameLength = groups.scopeNameLength();
    if (name >= 0 && off != Rule.SCOPE_NAME && !isWord(Grammar.NAME, name, name + nameLength)) {
      removeContent(name, nameLength);
    }
    int version = groups.scopeVersionOffset();
    int versionLength = groups.scopeVersionLength();
    if (version >= 0
        && off != Rule.SCOPE_VERSION
        && !isWord(Grammar.VERSION, version, version + versionLength)) {
      removeContent(version, versionLength);
    }
    clean(Rule.SCOPE_ATTRIBUTES, groups.scopeAttributes());
    for (int s = groups.firstSpan(); s < groups.firstSpan() + groups.spanCount(); s++) {
      span(s);
    }
    schema(groups.scopeSchemaOffset(), groups.scopeSchemaLength());
  }

  private void span(int number) {
    tally.next();
    attributes.next();
    span.moveTo(number);
    if (span.traceStateOffset() >= 0 && off != Rule.TRACE_STATE) {
      removeContent(span.traceStateOffset(), span.traceStateLength());
    }
    int name = span.nameOffset();
    int nameEnd = name + span.nameLength();
    if (name >= 0 && !keepsSpanName(name, nameEnd)) {
      remove(nameEnd - name);
      byte[] other = names.insteadOf(bytes, name, nameEnd, span.kind());
      editor.replaceContent(name, nameEnd - name, other);
    }
    boolean namesTenants = name >= 0 && Names.startsWith(bytes, name, nameEnd, TENANT_DIALECT);
    int dropped =
        off == Rule.SPAN_ATTRIBUTES
            ? 0
            : attributes.clean(editor, span.attributes(), namesTenants, span.kind() >= CLIENT);
    editor.insertAdditions(batch, number);
    int place = editor.place(); // what events, links and status lose is counted here too
    if (dropped > 0) {
      editor.addDroppedAttributes(batch, number, dropped);
    }
    tail();
    tally.write(editor, place, batch, number);
  }

  private void tail() {
    for (int i = 0; i < span.eventCount(); i++) {
      SpanView.EventView event = span.event(i);
      if (!keepsEventName(event)) {
        remove(event.nameLength());
        editor.replaceContent(event.nameOffset(), event.nameLength(), names.ofEvent());
      }
      clean(Rule.EVENT_ATTRIBUTES, event.attributes());
    }
    for (int i = 0; i < span.linkCount(); i++) {
      SpanView.LinkView link = span.link(i);
      if (link.traceStateOffset() >= 0 && off != Rule.LINK_TRACE_STATE) {
        removeContent(link.traceStateOffset(), link.traceStateLength());
      }
      clean(Rule.LINK_ATTRIBUTES, link.attributes());
    }
    if (span.statusMessageOffset() >= 0 && off != Rule.STATUS_MESSAGE) {
      removeContent(span.statusMessageOffset(), span.statusMessageLength());
    }
  }

  private boolean keepsSpanName(int from, int to) {
    return off == Rule.SPAN_NAME
        || (names.keepsSpanName(bytes, from, to)
            && isHarmless(Names.behindOperation(bytes, from, to), to));
  }

  private boolean keepsEventName(SpanView.EventView event) {
    int from = event.nameOffset();
    int to = from + event.nameLength();
    return from < 0
        || off == Rule.EVENT_NAME
        || (names.isIdentifier(bytes, from, to) && isHarmless(from, to));
  }

  private void clean(Rule place, Attributes list) {
    if (off != place) {
      attributes.clean(editor, list, false, false);
    }
  }

  private boolean isWord(Grammar grammar, int from, int to) {
    return grammar.admits(bytes, from, to) && isHarmless(from, to);
  }

  private boolean isHarmless(int from, int to) {
    return bench.words.againstName(bytes, from, to) == null;
  }

  private void schema(int offset, int length) {
    if (offset >= 0 && off != Rule.SCHEMA_URL && !isKnownSchema(offset, length)) {
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
      if (bytes[p] != '.' && !Ascii.isDigit(bytes[p])) {
        return false;
      }
    }
    return true;
  }

  private void removeContent(int offset, int length) {
    remove(length);
    editor.deleteContent(offset, length);
  }

  private void remove(int length) {
    tally.remove(RemovedKind.OTHER, length);
  }
}
