package dev.tollspan.sampleinferenceservice;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Says one sentence when an export fails for the first time, and never again. */
final class OutspokenExporter implements SpanExporter {
  private final SpanExporter exporter;
  private final String sentence;
  private final Consumer<String> notices;
  private final AtomicBoolean told = new AtomicBoolean();

  OutspokenExporter(SpanExporter exporter, String sentence, Consumer<String> notices) {
    this.exporter = exporter;
    this.sentence = sentence;
    this.notices = notices;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    CompletableResultCode result = exporter.export(spans);
    return result.whenComplete(
        () -> {
          if (!result.isSuccess() && told.compareAndSet(false, true)) {
            notices.accept(sentence);
          }
        });
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
