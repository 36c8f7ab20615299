package dev.tollspan.exporters.otlp;

import java.util.List;

/** What carries messages to the destination: all that a protocol is to the exporter. */
interface Connection extends AutoCloseable {
  /**
   * Begins a call with a message that is packed already, and returns at once. Its arrays must not
   * change before the call has ended. For one thread, as its calls.
   */
  Call begin(List<Slice> message);

  /** Connects anew from now on if the files of TLS have changed. Not while a call is under way. */
  void renew();

  @Override
  void close();

  /** A call under way. */
  interface Call {
    /**
     * Waits until the call has ended, in any case within its time limit. An interrupt ends it
     * early, as one to be tried again, and stays set.
     */
    Ending await();
  }
}
