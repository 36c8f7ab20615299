package dev.tollspan.sampleinferenceservice;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;

/** Writes one line per span, a batch at a time; owns its stream. */
final class NdjsonExporter implements SpanExporter {
  private static final ObjectWriter WRITER = JsonMapper.builder().build().writer();

  private final OutputStream stream;

  NdjsonExporter(OutputStream stream) {
    this.stream = stream;
  }

  @Override
  public synchronized CompletableResultCode export(Collection<SpanData> spans) {
    try {
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (SpanData span : spans) {
        lines.writeBytes(WRITER.writeValueAsBytes(SpanRecord.of(span)));
        lines.write('\n');
      }
      lines.writeTo(stream);
      stream.flush();
      return CompletableResultCode.ofSuccess();
    } catch (IOException failure) {
      return CompletableResultCode.ofExceptionalFailure(failure);
    }
  }

  @Override
  public CompletableResultCode flush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public synchronized CompletableResultCode shutdown() {
    try {
      stream.close();
      return CompletableResultCode.ofSuccess();
    } catch (IOException failure) {
      return CompletableResultCode.ofExceptionalFailure(failure);
    }
  }
}
