package dev.tollspan.sampleinferenceservice;

import io.opentelemetry.sdk.trace.SpanProcessor;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a service needs from outside of its settings, so that tests can hand in their own.
 *
 * @param console where spans are printed
 * @param notices takes each sentence that an operator should read
 * @param observers see every span beside the exporters of the settings
 */
record Surroundings(
    EngineClock clock,
    OutputStream console,
    Consumer<String> notices,
    List<SpanProcessor> observers) {
  static Surroundings real(PrintStream out, PrintStream err) {
    return new Surroundings(EngineClock.real(), out, err::println, List.of());
  }
}
