package dev.tollspan.spans;

/** What is put right in spans that are kept; each is counted, and told to the sender. */
public enum Repair {
  PARENT("a parent_span_id of wrong length was cleared"),
  TEXT("text that is no UTF-8 was repaired"),
  STRING_INDEX("an index into a string table, which traces do not have, was taken as empty"),
  DEPTH("a value nested deeper than 32 was cut"),
  LIST("attributes, events or links beyond 1,024 were left out"),
  LINK("a link without ids was left out"),
  KEY("of an attribute that came twice the last was kept"),
  MEMBER("of a JSON member that came twice the last was kept"),
  UNKNOWN("no key of the request is one of traces; in JSON they are written resourceSpans");

  private final String words;

  Repair(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
