// The exporter of OpenTelemetry, and what register() wires.
'use strict';
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const test = require('node:test');
const { context, trace, SpanKind, SpanStatusCode, TraceFlags } =
  require('@opentelemetry/api');
const { BatchSpanProcessor, NodeTracerProvider, SimpleSpanProcessor } =
  require('@opentelemetry/sdk-trace-node');
const { Store } = require('libphoenix');
const { SpanExporter, register } = require('libphoenix/otel');
const { capture } = require('libphoenix/test');
const { stand } = require('./sent.js');

function exported(exporter, spans) {
  return new Promise((resolve) => exporter.export(spans, resolve));
}

function providerOf(exporter, kind = SimpleSpanProcessor) {
  return new NodeTracerProvider({ spanProcessors: [new kind(exporter)] });
}

test('a span keeps all that it has', (t) => {
  const { store } = stand(t);
  const provider = providerOf(new SpanExporter(store, { sync: true }));
  const tracer = provider.getTracer('scope', '1.2');
  const start = [1760000000, 5];
  const remote = { traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED,
    isRemote: true };
  const span = tracer.startSpan('answer', { startTime: start,
    kind: SpanKind.CLIENT, links: [{ context: remote,
      attributes: { why: 'retry' } }], attributes: {
      'openinference.span.kind': 'LLM', 'llm.token_count.prompt': 7,
      text: 'caf\u00e9', real: 0.5, yes: true, list: ['a', 'b'], whole: 2,
      nan: NaN, 'metadata': '{"a": 1}' } },
  trace.setSpanContext(context.active(), remote));
  span.addEvent('tick', { n: 1 }, [1760000000, 7]);
  span.recordException(new TypeError('bad'));
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'late' });
  span.end([1760000001, 0]);
  const row = store.spans({ attributes: 'flat' }).first();
  assert.deepStrictEqual(
    [row.traceId, row.parentId, row.spanId, row.name, row.kind, row.status,
      row.statusMessage, row.startNs, row.endNs, row.promptTokens],
    [remote.traceId, remote.spanId, span.spanContext().spanId, 'answer', 'LLM',
      'ERROR', 'late', 1760000000000000005n, 1760000001000000000n, 7]);
  const { text, real, yes, list, whole } = row.attributes;
  assert.deepStrictEqual([text, real, yes, list, whole],
    ['caf\u00e9', 0.5, true, ['a', 'b'], 2]);
  assert.deepStrictEqual(row.events.map(({ name }) => name),
    ['tick', 'exception']);
  assert.strictEqual(row.events[1].attributes['exception.message'], 'bad');
  assert.deepStrictEqual([row.links[0].span_id, row.links[0].attributes],
    [remote.spanId, { why: 'retry' }]);
});

test('a batch goes in with one call, and says when it is there', async (t) => {
  const { store } = stand(t);
  const exporter = new SpanExporter(store, { project: 'town' });
  const provider = providerOf(exporter, BatchSpanProcessor);
  const tracers = ['one', 'two'].map((name) => provider.getTracer(name));
  for (let i = 0; i < 100; i += 1)
    tracers[i % 2].startSpan(`step ${i}`).end();
  await provider.forceFlush();
  assert.strictEqual(store.spans({ project: 'town' }).all().length, 100);
  assert.strictEqual(store.stats().blocks, 1);
  await provider.shutdown();
  assert.strictEqual(store.stats().spans, 100);
  const { code, error } = await exported(exporter, []);
  assert.deepStrictEqual([code, error.name], [1, 'Misuse']);
});

test('failures are results', async (t) => {
  const { store } = stand(t);
  const [sync, other] = [true, false].map((how) =>
    new SpanExporter(store, { sync: how }));
  assert.deepStrictEqual(await exported(sync, []), { code: 0 });
  assert.deepStrictEqual(await exported(other, []), { code: 0 });
  store.close();
  for (const exporter of [sync, other]) {
    const { code, error } = await exported(exporter, []);
    assert.deepStrictEqual([code, error.message], [1, 'it is closed']);
  }
});

test('what is too much for one request goes in more', async (t) => {
  const { store } = stand(t);
  const provider = providerOf(new SpanExporter(store), BatchSpanProcessor);
  for (let i = 0; i < 3; i += 1)
    provider.getTracer('x').startSpan('large', { attributes: {
      text: String(i).repeat(30 << 20) } }).end();
  await provider.forceFlush();
  assert.strictEqual(store.stats().spans, 3);
  await provider.shutdown();
});

test('a span that is odd takes no other with it', async (t) => {
  const { store } = stand(t);
  const exporter = new SpanExporter(store, { sync: true });
  const tracer = new NodeTracerProvider().getTracer('x');
  const put = (...spans) => exported(exporter, spans.map((span) => {
    span.end();
    return span;
  }));
  const ended = (name, options) => tracer.startSpan(name, options);
  assert.deepStrictEqual(await put(
    ended('old', { startTime: new Date('1960-01-01') }),
    ended('late', { startTime: [1e300, NaN] }),
    ended(undefined, { attributes: { ok: true } }), ended(7),
    Object.assign(ended('large'), { attributes: { a: 2n ** 70n, b: 7n } }),
    ended('good')), { code: 0 });
  const rows = store.spans({ order: 'oldest', attributes: 'flat' }).all();
  assert.deepStrictEqual(rows.map(({ name }) => name),
    ['old', 'late', '', '7', 'large', 'good']);
  assert.deepStrictEqual([rows[0].startNs, rows[4].attributes],
    [0n, { a: '1180591620717411303424', b: 7 }]);

  const loop = {};
  loop.loop = loop;
  for (const bad of [{ attributes: { loop } },
    { spanContext: () => ({ traceId: 'x', spanId: 'y' }) }]) {
    const before = store.stats().spans;
    const { code, error } = await put(...Array.from({ length: 9 }, (_, i) =>
      Object.assign(ended(`${i}`), i === 6 ? bad : {})));
    assert.strictEqual(code, 1);
    assert.match(error.message, /is not hex|call stack/);
    assert.strictEqual(store.stats().spans, before + 8);
  }
});

test('a path is a store of its own', async (t) => {
  const { file } = stand(t);
  const exporter = new SpanExporter(file('store'));
  const provider = providerOf(exporter);
  provider.getTracer('x').startSpan('step').end();
  await provider.shutdown();
  const store = new Store(file('store'));
  assert.strictEqual(store.spans().first().name, 'step');
  store.close();
});

test('register() wires the program, until shutdown()', async (t) => {
  const { store, file } = stand(t);
  const phoenix = register({ store, project: 'town', instrumented: false });
  const tracer = trace.getTracer('x');
  await tracer.startActiveSpan('agent', async (agent) => {
    await new Promise(setImmediate);
    tracer.startActiveSpan('step', (span) => span.end());
    agent.end();
  });
  await phoenix.forceFlush();
  assert.match(phoenix.store.traces({ project: 'town' }).first().tree(),
    /UNKNOWN agent.*\n└─ UNKNOWN step/);
  await phoenix.shutdown();
  trace.getTracer('x').startSpan('lost').end();
  assert.strictEqual(store.stats().spans, 2);

  const given = [];
  const other = register({ store: file('store'), batch: false,
    processor: (exporter) => {
      given.push(exporter);
      return new SimpleSpanProcessor(exporter);
    } });
  trace.getTracer('x').startSpan('kept').end();
  assert.strictEqual(other.store.spans().first().name, 'kept');
  assert.strictEqual(given[0].store, other.store);
  await other[Symbol.asyncDispose]();
  assert.throws(() => other.store.stats(), { name: 'Misuse' });
});

test('register() takes no place that is taken', async (t) => {
  const { store, file } = stand(t);
  const taken = () => assert.throws(
    () => register({ store: file('none'), instrumented: false }),
    { name: 'Misuse', message: /has a tracer provider already/ });
  const phoenix = register({ store, instrumented: false, batch: false });
  taken();
  trace.getTracer('x').startSpan('first').end();
  assert.strictEqual(store.stats().spans, 1);

  // What the program makes of it is not ended with ours.
  trace.disable();
  const own = providerOf(new SpanExporter(store, { sync: true }));
  own.register();
  await phoenix.shutdown();
  trace.getTracer('x').startSpan('second').end();
  assert.strictEqual(store.stats().spans, 2);
  taken();
  assert.strictEqual(fs.existsSync(file('none')), false);
  await own.shutdown();
  trace.disable();
});

test('a program under test may register()', async (t) => {
  const { store } = stand(t);
  const spans = capture(t);
  trace.getTracer('x').startSpan('before').end();
  const phoenix = register({ store, instrumented: false, batch: false });
  trace.getTracer('x').startSpan('after').end();
  spans.count('', 2);
  assert.strictEqual(store.spans().first().name, 'after');
  await phoenix.shutdown();
});

test('what register() traces is captured by tests, too', async (t) => {
  const { store } = stand(t);
  const phoenix = register({ store, instrumented: false, batch: false });
  const spans = capture(t);
  trace.getTracer('x').startSpan('both').end();
  assert.strictEqual(spans.one().name, 'both');
  assert.strictEqual(store.spans().first().name, 'both');
  await phoenix.shutdown();
  const alone = capture(t);
  trace.getTracer('x').startSpan('one').end();
  assert.strictEqual(alone.one().name, 'one');
  assert.strictEqual(store.stats().spans, 1);
});

test('a program has stored its spans, whichever way it ends', (t) => {
  const { file } = stand(t);
  const ends = { '0': '', '3': 'process.exit(3)', '1': 'throw new Error("x")',
    '143': `process.on('SIGTERM', () => process.exit(143));
      process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`,
    // While a batch is on its way on another thread.
    '4': 'setImmediate(() => setImmediate(() => process.exit(4)))' };
  for (const [code, end] of Object.entries(ends)) {
    const { status, stderr } = spawnSync(process.execPath, ['-e', `
      require('libphoenix/otel').register({ store: process.argv[1] });
      const tracer =
        require('@opentelemetry/api').trace.getTracer('x');
      for (let i = 0; i < 1300; i += 1) tracer.startSpan('step').end();
      ${end}`, file(code)], { encoding: 'utf8' });
    assert.strictEqual(String(status), code, stderr);
    const store = new Store(file(code));
    assert.strictEqual(store.stats().spans, 1300, end);
    store.close();
  }
});

test('what nobody knows is refused by its name', (t) => {
  const { store } = stand(t);
  const refused = (call, pattern) =>
    assert.throws(call, { name: 'TypeError', message: pattern });
  refused(() => register({ store, projet: 'town' }),
    /^register\(\) has no option 'projet'$/);
  refused(() => new SpanExporter(store, { batch: true }), /'batch'/);
  const spans = capture(t);
  refused(() => spans.count('', undefined, { most: 1 }), /'most'/);
  refused(() => spans.tree('a', { anyorder: true }), /'anyorder'/);
  refused(() => spans.below('name', 'name', { direct: true }), /'direct'/);
});
