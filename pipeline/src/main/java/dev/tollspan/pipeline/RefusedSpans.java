package dev.tollspan.pipeline;

import dev.tollspan.pipeline.Outcome.Fault;

/**
 * Neighbouring spans that a destination refused.
 *
 * @param batch the number of their batch in the export, from 0 on
 * @param from the number of the first one in that batch, from 0 on in the order of the wire
 * @param to behind the last one
 */
public record RefusedSpans(int batch, int from, int to, Fault fault) {
  /** How many there are. */
  public int count() {
    return to - from;
  }
}
