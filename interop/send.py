"""Sends traces of one agent and one call each with the OpenTelemetry SDK for Python, and prints what it sent.

send.py PROTOCOL TRACES: grpc or http/protobuf. Endpoint, compression and service are taken from OTEL_ variables.
"""
import sys

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind

protocol, traces = sys.argv[1], int(sys.argv[2])
if protocol == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

provider = TracerProvider(resource=Resource.create())
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("interop")


def sent(span, parent, *tokens):
    print(f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}", parent, *tokens, sep="\t")
    return f"{span.context.span_id:016x}"


for i in range(traces):
    with tracer.start_as_current_span("invoke_agent") as agent:
        parent = sent(agent, "", "", "")
        with tracer.start_as_current_span("chat interop-model", kind=SpanKind.CLIENT) as call:
            sent(call, parent, 100 + i, i)
            call.set_attributes({
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "interop-model",
                "gen_ai.usage.input_tokens": 100 + i,
                "gen_ai.usage.output_tokens": i,
                "gen_ai.prompt": "interop-mark: my name is Ann Example",
            })
provider.shutdown()
