package dev.tollspan.processors.content;

import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.GroupView;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;

/**
 * What is left of a batch that the gate failed at: ids, times, kinds, status codes, counts, and
 * what processors added. Looks at no key and no value, so that it cannot fail as the gate did. One
 * thread.
 */
final class BarePass {
  private final SpanBatch batch;
  private final Names names;
  private final BatchEditor editor;
  private final SpanView span;

  BarePass(SpanBatch batch, Names names) {
    this.batch = batch;
    this.names = names;
    editor = BatchEditor.of(batch);
    span = batch.view();
  }

  CleanBatch run() {
    GroupView groups = batch.groups();
    for (int r = 0; r < groups.resourceCount(); r++) {
      groups.moveToResource(r);
      delete(groups.resourceAttributes());
      if (groups.entitiesStart() >= 0) {
        editor.delete(groups.entitiesStart(), groups.entitiesEnd());
      }
      for (int s = groups.firstScope(); s < groups.firstScope() + groups.scopeCount(); s++) {
        groups.moveToScope(s);
        scope(groups);
      }
      deleteContent(groups.resourceSchemaOffset(), groups.resourceSchemaLength());
    }
    return editor.splice(batch);
  }

  private void scope(GroupView groups) {
    deleteContent(groups.scopeNameOffset(), groups.scopeNameLength());
    deleteContent(groups.scopeVersionOffset(), groups.scopeVersionLength());
    delete(groups.scopeAttributes());
    for (int s = groups.firstSpan(); s < groups.firstSpan() + groups.spanCount(); s++) {
      span(s);
    }
    deleteContent(groups.scopeSchemaOffset(), groups.scopeSchemaLength());
  }

  private void span(int number) {
    span.moveTo(number);
    deleteContent(span.traceStateOffset(), span.traceStateLength());
    if (span.nameOffset() >= 0) {
      editor.replaceContent(span.nameOffset(), span.nameLength(), names.ofKind(span.kind()));
    }
    int dropped = delete(span.attributes());
    editor.insertAdditions(batch, number);
    if (dropped > 0) {
      editor.addDroppedAttributes(batch, number, dropped);
    }
    for (int i = 0; i < span.eventCount(); i++) {
      SpanView.EventView event = span.event(i);
      if (event.nameOffset() >= 0) {
        editor.replaceContent(event.nameOffset(), event.nameLength(), names.ofEvent());
      }
      delete(event.attributes());
    }
    for (int i = 0; i < span.linkCount(); i++) {
      SpanView.LinkView link = span.link(i);
      deleteContent(link.traceStateOffset(), link.traceStateLength());
      delete(link.attributes());
    }
    deleteContent(span.statusMessageOffset(), span.statusMessageLength());
  }

  private int delete(Attributes list) {
    int count = list.count();
    if (count > 0) {
      editor.delete(list.start(0), list.end(count - 1));
    }
    return count;
  }

  private void deleteContent(int offset, int length) {
    if (offset >= 0) {
      editor.deleteContent(offset, length);
    }
  }
}
