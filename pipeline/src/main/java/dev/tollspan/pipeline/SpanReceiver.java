package dev.tollspan.pipeline;

import java.io.IOException;

/** A way in: listens, decodes, hands over, and answers each sender with the outcome. */
public interface SpanReceiver extends AutoCloseable {
  /**
   * Opens its sockets and hands what comes to {@code next}. Returns once it listens.
   *
   * @throws IOException with one sentence for the operator, if it cannot listen
   */
  void start(SpanConsumer next) throws IOException;

  /** Stops listening, answers what is in flight, returns. */
  @Override
  void close();
}
