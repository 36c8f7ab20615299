package dev.tollspan.benchmarks;

import java.util.concurrent.CompletionStage;

/** One connection that sends requests. */
public interface Sender extends AutoCloseable {
  /** Sends one; whether all of its spans were taken. */
  CompletionStage<Boolean> send(byte[] request);

  @Override
  void close();
}
