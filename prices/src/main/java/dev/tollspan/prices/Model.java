package dev.tollspan.prices;

import java.util.List;

/**
 * All rows that a book has for one model of one provider.
 *
 * @param provider by its id, or any
 * @param name as the book writes it; a pattern if it holds a star
 */
record Model(Book book, String provider, String name, List<Row> rows) {
  /** The model that stands for those that no book knows; no call can ask for it. */
  static final String UNKNOWN = "default";

  boolean isPattern() {
    return name.indexOf('*') >= 0;
  }

  String id() {
    return provider + '/' + name;
  }
}
