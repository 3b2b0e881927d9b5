// Tracer: a program traces itself.
'use strict';
const assert = require('assert');
const test = require('node:test');
const v8 = require('v8');
const vm = require('vm');
const { LiveSpan, Tracer } = require('libphoenix');
const { capture } = require('libphoenix/test');
const { BASE, stand } = require('./sent.js');

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');
const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** A tracer for a store in memory. */
function traced(t, options) {
  const { store } = stand(t);
  const tracer = new Tracer(store, options);
  t.after(() => tracer.close());
  return { store, tracer };
}

test('spans that start in what another runs are below it', async (t) => {
  const { store, tracer } = traced(t, { project: 'town', service: 'mill' });
  const said = await tracer.span('agent', { kind: 'AGENT' })
    .run(async (agent) => {
      await new Promise(setImmediate);
      tracer.span('answer', { kind: 'llm' }).run(() =>
        tracer.span('look up', { kind: 'TOOL' }).end());
      tracer.span('apart', { parent: agent }).end();
      return 'done';
    });
  tracer.span('other').end();
  assert.strictEqual(said, 'done');
  assert.deepStrictEqual(store.spans({ project: 'town', order: 'oldest' })
    .all().map(({ name, kind, parentId }) =>
      [name, kind, parentId && store.span(parentId).name]), [
    ['look up', 'TOOL', 'answer'], ['answer', 'LLM', 'agent'],
    ['apart', 'UNKNOWN', 'agent'], ['agent', 'AGENT', null],
    ['other', 'UNKNOWN', null]]);
});

test('a span has what it is given', (t) => {
  const { store, tracer } = traced(t);
  const span = tracer.span('call', { kind: 'LLM', start: BASE, attributes: {
    t: 'a\0\u00e9', i: -7, r: 0.5, b: true, gone: 1, l: ['x', { y: null }],
    big: 2n ** 60n } });
  span.setAttribute('gone', null);
  span.addMessage('input', 'user', 'hello');
  span.addMessage('output', 'assistant', 'good day');
  span.addEvent('tick', { n: 1 });
  span.addLink(PARENT, { why: 'it is like it' });
  span.setStatus('ERROR', 'late');
  span.end(BASE + 1000n);
  assert.throws(() => span.setKind('TOOL'),
    { name: 'Misuse', message: 'it is closed' });
  const [row, ...more] = store.spans().all();
  assert.strictEqual(more.length, 0);
  const { llm, openinference, ...attributes } = row.attributes;
  assert.deepStrictEqual(attributes, { t: 'a\0\u00e9', i: -7, r: 0.5, b: true,
    l: ['x', { y: null }], big: 2 ** 60 });
  assert.deepStrictEqual(
    [llm.input_messages[0].message.content, llm.output_messages[0].message.role,
      openinference.span.kind], ['hello', 'assistant', 'LLM']);
  assert.deepStrictEqual(
    [row.events[0].name, row.events[0].attributes, row.links[0].span_id,
      row.status, row.statusMessage, row.startNs, row.endNs],
    ['tick', { n: 1 }, 'b7ad6b7169203331', 'ERROR', 'late', BASE,
      BASE + 1000n]);
});

test('what is thrown is recorded', async (t) => {
  const { store, tracer } = traced(t);
  assert.throws(() => tracer.span('now').run(() => {
    throw new TypeError('no\0');
  }), TypeError);
  await assert.rejects(tracer.span('later').run(async () => {
    throw new RangeError('late');
  }), RangeError);
  const rows = store.spans({ order: 'oldest' }).all();
  assert.deepStrictEqual(rows.map(({ status, statusMessage, events }) =>
    [status, statusMessage, events[0].attributes['exception.type']]),
  [['ERROR', 'no ', 'TypeError'], ['ERROR', 'late', 'RangeError']]);
  assert.match(rows[0].events[0].attributes['exception.stacktrace'],
    /tracer_test/);
});

test('what is below a span that has ended is of its trace', async (t) => {
  const { store, tracer } = traced(t);
  let later;
  tracer.span('root').run((root) => {
    later = new Promise(setImmediate).then(() => tracer.span('late').end());
    root.end();
    root.end();
  });
  await later;
  assert.strictEqual(store.stats().traces, 1);
  const [root, late] = store.spans({ order: 'oldest' }).all();
  assert.deepStrictEqual([late.name, late.parentId], ['late', root.spanId]);
});

test('what is dropped ends', async (t) => {
  const { store, tracer } = traced(t);
  tracer.span('dropped');
  for (let i = 0; i < 50 && store.stats().spans === 0; i += 1) {
    collect();
    await new Promise(setImmediate);
  }
  assert.strictEqual(store.stats().spans, 1);
});

test('trace context comes and goes', (t) => {
  const { store, tracer } = traced(t);
  tracer.span('served', { parent: PARENT, tracestate: 'a=b' }).run((span) => {
    assert.strictEqual(span.tracestate, 'a=b');
    assert.match(span.traceparent, /^00-0af7651916cd43dd8448eb211c80319c-/);
  });
  assert.throws(() => tracer.span('x', { parent: `${PARENT.slice(0, -1)}?` }),
    { name: 'Invalid', offset: 54 });
  const { parentId, traceState } = store.spans().first();
  assert.deepStrictEqual([parentId, traceState], ['b7ad6b7169203331', 'a=b']);
});

test('spans wait for their root, or a flush', (t) => {
  const { store, tracer } = traced(t);
  const root = tracer.span('root');
  tracer.span('child', { parent: root }).end();
  assert.strictEqual(store.stats().spans, 0);
  tracer.flush();
  assert.strictEqual(store.stats().spans, 1);
  root[Symbol.dispose]();
  root[Symbol.dispose]();
  assert.strictEqual(store.stats().spans, 2);
  assert(root instanceof LiveSpan);
});

test('what is wrong says so, and is no span', (t) => {
  const { store, tracer } = traced(t);
  assert.throws(() => tracer.span('a\0b'), TypeError);
  assert.throws(() => tracer.span('a', { kid: 'LLM' }), /'kid'/);
  assert.throws(() => tracer.span('a', { kind: 'no kind' }),
    { name: 'Invalid' });
  assert.throws(() => tracer.span('a').run((span) => span.setStatus('BAD')),
    /status is one of 'UNSET'/);
  assert.throws(() => new Tracer(store, { waits: 1 }), /'waits'/);
  assert.deepStrictEqual(store.spans().all().map(({ name }) => name), ['a']);
});

test('what a tracer of a capture traces is captured', (t) => {
  const spans = capture(t);
  spans.tracer.span('agent', { kind: 'AGENT' }).run(() =>
    spans.tracer.span('call', { kind: 'LLM' }).end());
  spans.tree('agent\n  llm');
});

test('no handle is alive', async () => {
  const { alive } = require(`${process.env.PACKAGE}/library.js`);
  assert.strictEqual(alive.size, 0);
});
