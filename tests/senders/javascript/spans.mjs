// Sends the spans of spans.json with the OpenTelemetry SDK of JavaScript and
// prints what it made of each, one JSON object a line.
//
//     node spans.mjs FILE proto|http|grpc COMPRESSION ENDPOINT
//
// "http" is the exporter that writes OTLP/JSON.
import { readFileSync } from "node:fs";
import {
  diag, DiagConsoleLogger, DiagLogLevel, ROOT_CONTEXT, SpanKind,
  SpanStatusCode, trace,
} from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor, NodeTracerProvider,
} from "@opentelemetry/sdk-trace-node";

const [file, exporterName, compression, url] = process.argv.slice(2);
const known = JSON.parse(readFileSync(file, "utf8"));
const { OTLPTraceExporter } = await import(
  `@opentelemetry/exporter-trace-otlp-${exporterName}`);

diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);

function start(tracer, wanted, made) {
  const context = wanted.parent === null
    ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, made[wanted.parent]);
  const span = tracer.startSpan(wanted.name, {
    kind: SpanKind[wanted.kind],
    attributes: wanted.attributes,
    links: (wanted.links ?? []).map((link) => ({
      context: made[link.span].spanContext(), attributes: link.attributes,
    })),
  }, context);
  for (const event of wanted.events ?? [])
    span.addEvent(event.name, event.attributes);
  if (wanted.status)
    span.setStatus({
      code: SpanStatusCode[wanted.status], message: wanted.message,
    });
  return span;
}

const nanoseconds = ([seconds, rest]) =>
  String(BigInt(seconds) * 1000000000n + BigInt(rest));

function sendRound(tracer) {
  const made = [];
  for (const wanted of known.spans)
    made.push(start(tracer, wanted, made));
  for (const span of made.toReversed())
    span.end();
  made.forEach((span, index) => {
    const { traceId, spanId } = span.spanContext();
    console.log(JSON.stringify({
      index, trace_id: traceId, span_id: spanId,
      start: nanoseconds(span.startTime), end: nanoseconds(span.endTime),
    }));
  });
}

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({
    ...known.resource, "openinference.project.name": known.project,
  }),
  spanProcessors: [new BatchSpanProcessor(
    new OTLPTraceExporter({ url, compression }), { maxExportBatchSize: 16 })],
});
const tracer = provider.getTracer(known.scope.name, known.scope.version);
for (let round = 0; round < known.rounds; round++)
  sendRound(tracer);
await provider.forceFlush();
await provider.shutdown();
