package dev.tollspan.receiver;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a request waits, and is waited for.
 *
 * @param admission for its turn. Short: the messages of waiting calls fill the flow-control window
 *     of their connection, which a call that had its turn may need to go on
 * @param silence for the next bytes of its message, the first ones included
 * @param arrival for all of its message
 * @param closing for its answer, once the receiver closes
 * @param handshake for a connection, before it has any request, and for it to take its answers
 * @param nanoTicker the clock for all of it
 */
record Patience(
    Duration admission,
    Duration silence,
    Duration arrival,
    Duration closing,
    Duration handshake,
    LongSupplier nanoTicker) {
  /** What production waits. */
  static Patience usual(LongSupplier nanoTicker) {
    return new Patience(
        Duration.ofMillis(400),
        Duration.ofSeconds(5),
        Duration.ofMinutes(1),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        nanoTicker);
  }
}
