package dev.tollspan.usage;

/**
 * What the procedure for the meaning of counts is asked: raw counts as a span has them, -1 for what
 * it does not tell, and what the tables say. Mutable, made to be filled again; one thread.
 */
final class BasisQuestion {
  long input; // I
  long output; // O
  long cacheRead; // R
  long cacheWrite; // W
  long reasoning; // K
  long total; // T
  long uncached; // N
  long toolInput; // X
  Family family = Family.UNKNOWN;
  boolean rawCacheKeys; // cached tokens under the vendor's own names, none under OpenTelemetry's
  int userCache; // 0, Code.INCLUSIVE or Code.EXCLUSIVE; so are the next three
  int userReasoning;
  int tableCache;
  int tableReasoning;

  /** A question about nothing. */
  BasisQuestion() {
    clear();
  }

  final void clear() {
    input = -1;
    output = -1;
    cacheRead = -1;
    cacheWrite = -1;
    reasoning = -1;
    total = -1;
    uncached = -1;
    toolInput = -1;
    family = Family.UNKNOWN;
    rawCacheKeys = false;
    userCache = 0;
    userReasoning = 0;
    tableCache = 0;
    tableReasoning = 0;
  }
}
