// What exporters of OpenTelemetry's SDK for Node take a span, and what reading
// one takes; prints one line of JSON.
//
//     exporters.js PORT FOLDER    OTLP/HTTP goes to that port of this machine
//
// Spans are made by the SDK beforehand, as an agent's calls of a model, and
// given to each exporter in batches, as its batch processor does.
'use strict';
const fs = require('fs');
const path = require('path');
const { OTLPTraceExporter } =
  require('@opentelemetry/exporter-trace-otlp-proto');
const { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } =
  require('@opentelemetry/sdk-trace-node');
const { Store } = require('libphoenix');
const { SpanExporter } = require('libphoenix/otel');

const SPANS = 20480;
const BATCH = 512;
const TEXT = 'What was said before, and what the model is to do with it now. '
  .repeat(4);

function attributes(number) {
  const all = { 'openinference.span.kind': 'LLM', 'llm.model_name': 'model-1',
    'input.value': TEXT, 'output.value': `${number} ${TEXT}`,
    'input.mime_type': 'text/plain', 'session.id': `s${number / 99 | 0}`,
    'llm.token_count.prompt': number % 999,
    'llm.token_count.completion': 20, 'llm.token_count.total': 99 };
  for (const [way, count] of [['input', 3], ['output', 1]])
    for (let i = 0; i < count; i += 1) {
      all[`llm.${way}_messages.${i}.message.role`] = 'user';
      all[`llm.${way}_messages.${i}.message.content`] = `${number} ${TEXT}`;
    }
  return all;
}

function makeSpans() {
  const kept = new InMemorySpanExporter();
  const tracer = new NodeTracerProvider(
    { spanProcessors: [new SimpleSpanProcessor(kept)] }).getTracer('bench');
  for (let number = 0; number < SPANS; number += 1)
    tracer.startSpan('call', { attributes: attributes(number) }).end();
  return kept.getFinishedSpans();
}

async function measure(exporter, spans) {
  const began = performance.now();
  const used = process.cpuUsage();
  for (let at = 0; at < spans.length; at += BATCH)
    await new Promise((resolve, reject) => {
      exporter.export(spans.slice(at, at + BATCH), ({ code, error }) =>
        (code === 0 ? resolve() : reject(error)));
    });
  const { user, system } = process.cpuUsage(used);
  const took = performance.now() - began;
  await exporter.shutdown();
  return { us: took * 1000 / spans.length,
    cpu_us: (user + system) / spans.length };
}

/** CPU of a span with its attributes, read by `for`. */
function read(store) {
  const used = process.cpuUsage();
  let count = 0;
  for (const span of store.spans()) count += span.name === 'call';
  const { user, system } = process.cpuUsage(used);
  return (user + system) / count;
}

async function main(port, folder) {
  const spans = makeSpans();
  const place = fs.mkdtempSync(path.join(folder, 'node-'));
  const store = new Store(path.join(place, 'phoenix.db'));
  const direct = await measure(new SpanExporter(store), spans);
  const readUs = read(store);
  store.close();
  fs.rmSync(place, { recursive: true });
  const http = await measure(new OTLPTraceExporter(
    { url: `http://127.0.0.1:${port}/v1/traces` }), spans);
  console.log(JSON.stringify({ spans: spans.length,
    attributes: Object.keys(attributes(0)).length, store: direct, http,
    read_us: readUs }));
}

main(...process.argv.slice(2));
