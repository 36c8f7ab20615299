package dev.tollspan.spans;

/**
 * A cursor on the groups of a batch: its resources, and within each its scopes, whether they hold
 * spans or not. Groups are numbered from 0 on in the order of the wire.
 *
 * <p>Offsets are into the batch's bytes; -1 says that a field is absent. One thread.
 */
public final class GroupView {
  private final SpanIndex index;
  private final Attributes resourceAttributes;
  private final Attributes scopeAttributes;
  private int resourceRow; // these two belong to the view's thread
  private int scopeRow;

  GroupView(byte[] bytes, SpanIndex index, KeyTable keys) {
    this.index = index;
    resourceAttributes = new Attributes(bytes, index, keys);
    scopeAttributes = new Attributes(bytes, index, keys);
  }

  public int resourceCount() {
    return index.resourceCount;
  }

  /** Moves to a resource; the scope stays where it was. */
  public void moveToResource(int resource) {
    resourceRow = resource * SpanIndex.R_STRIDE;
    resourceAttributes.show(
        resource(SpanIndex.R_FIRST_ATTRIBUTE), resource(SpanIndex.R_ATTRIBUTES));
  }

  /** Where the whole ResourceSpans begins, its tag included. */
  public int resourceStart() {
    return resource(SpanIndex.TAG);
  }

  /** Behind the last byte of the ResourceSpans. */
  public int resourceEnd() {
    return resource(SpanIndex.END);
  }

  public Attributes resourceAttributes() {
    return resourceAttributes;
  }

  /** Where the first entity_ref begins, its tag included; -1 if there is none. */
  public int entitiesStart() {
    return resource(SpanIndex.R_ENTITIES);
  }

  /** Behind the last entity_ref. */
  public int entitiesEnd() {
    return resource(SpanIndex.R_RESOURCE_END);
  }

  public int resourceSchemaOffset() {
    return resource(SpanIndex.R_SCHEMA);
  }

  public int resourceSchemaLength() {
    return Math.max(0, resource(SpanIndex.R_SCHEMA_LENGTH));
  }

  /** The number of the resource's first scope. */
  public int firstScope() {
    return resource(SpanIndex.R_FIRST_SCOPE);
  }

  /** How many scopes the resource has. */
  public int scopeCount() {
    return resource(SpanIndex.R_SCOPES);
  }

  /** How many spans the resource has. */
  public int resourceSpanCount() {
    int count = 0;
    for (int s = firstScope(); s < firstScope() + scopeCount(); s++) {
      count += index.scopes[s * SpanIndex.C_STRIDE + SpanIndex.C_SPANS];
    }
    return count;
  }

  /** Moves to a scope. */
  public void moveToScope(int scope) {
    scopeRow = scope * SpanIndex.C_STRIDE;
    scopeAttributes.show(scope(SpanIndex.C_FIRST_ATTRIBUTE), scope(SpanIndex.C_ATTRIBUTES));
  }

  /** Where the whole ScopeSpans begins, its tag included. */
  public int scopeStart() {
    return scope(SpanIndex.TAG);
  }

  /** Behind the last byte of the ScopeSpans. */
  public int scopeEnd() {
    return scope(SpanIndex.END);
  }

  public int scopeNameOffset() {
    return scope(SpanIndex.C_NAME);
  }

  public int scopeNameLength() {
    return Math.max(0, scope(SpanIndex.C_NAME_LENGTH));
  }

  public int scopeVersionOffset() {
    return scope(SpanIndex.C_VERSION);
  }

  public int scopeVersionLength() {
    return Math.max(0, scope(SpanIndex.C_VERSION_LENGTH));
  }

  public Attributes scopeAttributes() {
    return scopeAttributes;
  }

  public int scopeSchemaOffset() {
    return scope(SpanIndex.C_SCHEMA);
  }

  public int scopeSchemaLength() {
    return Math.max(0, scope(SpanIndex.C_SCHEMA_LENGTH));
  }

  /** The number of the scope's first span. */
  public int firstSpan() {
    return scope(SpanIndex.C_FIRST_SPAN);
  }

  /** How many spans the scope has. */
  public int spanCount() {
    return scope(SpanIndex.C_SPANS);
  }

  private int resource(int column) {
    return index.resources[resourceRow + column];
  }

  private int scope(int column) {
    return index.scopes[scopeRow + column];
  }
}
