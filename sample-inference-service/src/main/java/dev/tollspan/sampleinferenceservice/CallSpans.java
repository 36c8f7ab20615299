package dev.tollspan.sampleinferenceservice;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;

/** Starts the root span of each call. */
final class CallSpans {
  private final Tracer tracer;
  private final Ids ids;
  private final Settings.Telemetry telemetry;

  CallSpans(Tracer tracer, Ids ids, Settings.Telemetry telemetry) {
    this.tracer = tracer;
    this.ids = ids;
    this.telemetry = telemetry;
  }

  /** Starts a span below the caller's, if the context holds one; the call's owner ends it. */
  CallSpan start(CompletionRequest request, Context parent) {
    Span root =
        tracer
            .spanBuilder("inference.request")
            .setParent(parent)
            .setSpanKind(SpanKind.SERVER)
            .startSpan();
    CallSpan call = new CallSpan(tracer, root, parent.with(root), ids.completionId(), telemetry);
    call.asked(request);
    return call;
  }
}
