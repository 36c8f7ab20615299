// Sends traces of one agent and one call each with the OpenTelemetry SDK for Node, and prints what it sent.
//
// send.mjs PROTOCOL TRACES: grpc, http/protobuf or http/json. Endpoint, compression and service are taken from
// OTEL_ variables.
import { context, SpanKind, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const packages = { grpc: 'grpc', 'http/protobuf': 'proto', 'http/json': 'http' };
const [protocol, traces] = process.argv.slice(2);
const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${packages[protocol]}`);
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
const tracer = provider.getTracer('interop');

function sent(span, parent, ...tokens) {
  const { traceId, spanId } = span.spanContext();
  console.log([traceId, spanId, parent, ...tokens].join('\t'));
  return spanId;
}

for (let i = 0; i < Number(traces); i++) {
  const agent = tracer.startSpan('invoke_agent');
  const parent = sent(agent, '', '', '');
  const call = tracer.startSpan(
    'chat interop-model', { kind: SpanKind.CLIENT }, trace.setSpan(context.active(), agent));
  sent(call, parent, 100 + i, i);
  call.setAttributes({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'interop-model',
    'gen_ai.usage.input_tokens': 100 + i,
    'gen_ai.usage.output_tokens': i,
    'gen_ai.prompt': 'interop-mark: my name is Ann Example',
  });
  call.end();
  agent.end();
}
await provider.shutdown();
