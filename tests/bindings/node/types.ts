// What index.d.ts and its siblings say is what programs write.
import { Invalid, type LiveSpan, PhoenixError, Span, Store, Tracer, type Rows }
  from 'libphoenix';
import test from 'node:test';
import { NodeTracerProvider, SimpleSpanProcessor,
  type SpanExporter as Exporter } from '@opentelemetry/sdk-trace-node';
import { bind, constants } from 'libphoenix/ffi';
import { register, SpanExporter } from 'libphoenix/otel';
import { type Capture, capture, processor } from 'libphoenix/test';

async function use(store: Store): Promise<void> {
  const report: { accepted: number } = store.ingest(new Uint8Array(0));
  const later: Promise<typeof report> = store.promises.ingest('', {
    format: 'otlp-json', project: 'p' });
  await later;
  const rows: Rows<Span> = store.spans({ filter: 'latency_ms > 1', kinds: 'LLM',
    start: new Date(), end: 7n, attributes: 'none' });
  for (const span of rows) span.startNs + 1n;
  for await (const span of rows) span.name.length;
  const first: Span | undefined = rows.first();
  const same: Span | undefined = await rows.promises.first();
  if (first && same) {
    store.annotate(first, 'good', { score: 1, annotator: 'CODE' });
    store.annotateAll([{ target: first.trace(), name: 'good' }]);
    store.annotations(first).all()[0].score?.toFixed();
  }
  store.annotations(Span, { names: ['good'] });
  store.sql('SELECT 1', [1n, null, true]).first()?.a;
  store.sql('SELECT 1', [], { arrays: true }).all()[0][0];
  await store.sql('SELECT 1').promises.columns();
  // @ts-expect-error: no such order
  store.spans({ order: 'first' });
  // @ts-expect-error: rows are made by a store
  new Span();
  // @ts-expect-error: close is no promise
  await store.promises.close();
}

try {
  using store = new Store(':memory:', { readOnly: false });
  await use(store);
  using tracer: Tracer = new Tracer(store, { project: 'town' });
  const answer: string = await tracer.span('agent', { kind: 'AGENT' })
    .run(async (agent: LiveSpan) => agent.traceparent);
  tracer.span('call', { parent: answer, start: 1n }).end(new Date());
  // @ts-expect-error
  tracer.span('call', { kid: 'LLM' });
  bind('libphoenix.so.0').phx_version() === constants.PHX_VERSION;
} catch (error) {
  if (error instanceof Invalid) error.offset?.toFixed();
  if (error instanceof PhoenixError) error.code.length;
}

const phoenix = register({ store: 'traces.db', project: 'p', modules: {},
  processor: (exporter) => new SimpleSpanProcessor(exporter) });
phoenix.provider.getTracer('x');
await phoenix.shutdown();
const exporter: Exporter = new SpanExporter(phoenix.store, { sync: true });
await exporter.shutdown();
test('typed', (t) => {
  const spans: Capture = capture(t);
  const one: Span = spans.one("span_kind == 'LLM'");
  spans.attributes('', { a: 1, b: null, c: one.name });
  spans.tree('agent', { anyOrder: true });
  spans.one().flatAttributes['llm.model_name'];
  spans.tracer.flush();
  spans.budget({ calls: 2, ms: 1000 });
  spans.golden(new URL('x', import.meta.url), { masked: ['a'] });
  spans.lint({ severity: 'error', ignore: ['token-sum'] });
  new NodeTracerProvider({ spanProcessors: [processor] });
});
