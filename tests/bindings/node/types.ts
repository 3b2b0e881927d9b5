// What index.d.ts and its siblings say is what programs write.
import { Invalid, PhoenixError, Span, Store, type Rows } from 'libphoenix';
import { bind, constants } from 'libphoenix/ffi';

async function use(store: Store): Promise<void> {
  const report: { accepted: number } = store.ingest(new Uint8Array(0));
  const later: Promise<typeof report> = store.promises.ingest('', {
    format: 'otlp-json', project: 'p' });
  await later;
  const rows: Rows<Span> = store.spans({ filter: 'latency > 1', kinds: 'LLM',
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
  bind('libphoenix.so.0').phx_version() === constants.PHX_VERSION;
} catch (error) {
  if (error instanceof Invalid) error.offset?.toFixed();
  if (error instanceof PhoenixError) error.code.length;
}
