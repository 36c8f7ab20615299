package dev.tollspan.exporters.ndjson;

/** What one line of a file says. */
public enum Dialect {
  /** One span a line, its facts as fields of one flat object. */
  FLAT,
  /** One batch a line: a TracesData in the protocol's own JSON. */
  OTLP
}
