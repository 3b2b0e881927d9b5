// What cannot be given is refused by its name, before it comes to C.
'use strict';
const assert = require('assert');
const test = require('node:test');
const { Store, Tracer } = require('libphoenix');
const { SpanExporter } = require('libphoenix/otel');
const { capture } = require('libphoenix/test');
const { send, span, stand } = require('./sent.js');

function refused(name, message, ...calls) {
  for (const call of calls) assert.throws(call, { name, message }, `${call}`);
}

test('a text is no number, which C would take for an address', async (t) => {
  const { store, file } = stand(t);
  const bytes = Buffer.from(file('x'));
  const put = (project) => store.ingest('{}', { format: 'otlp-json', project });
  refused('TypeError', /^path is a text, not /, () => store.save(5),
    () => store.merge(5n), () => store.backup(5), () => store.save(bytes));
  refused('TypeError', /^project is a text, not /, () => put(5),
    () => put([1]), () => new SpanExporter(store, { project: 5 }));
  refused('TypeError', /^nameContains is a text/,
    () => store.projects({ nameContains: 5 }).all());
  refused('TypeError', /^text is a text or bytes, not number$/,
    () => store.spans({ filter: 5 }), () => store.spans({ search: 5 }));
  refused('TypeError', /^name is a text/, () => store.trace(5),
    () => store.spans({ names: [5] }));
  refused('TypeError', /^sql is a text/, () => store.sql(5).all());
  await assert.rejects(store.promises.save(5), TypeError);
});

test('a text that C would cut is refused', (t) => {
  const { store, file } = stand(t);
  refused('TypeError', /^path has a NUL at \d+$/,
    () => store.save(`${file('a')}\0b`));
  refused('TypeError', /^project has a NUL at 1$/,
    () => store.ingest('', { project: 'a\0b' }));
  refused('TypeError', /^url has a NUL at 8$/, () => new Store('a\0b'));
  refused('TypeError', /^project has a NUL at 1$/,
    () => new Tracer(store, { project: 'a\0b' }));
  refused('TypeError', /^scope is a text, not number$/,
    () => new Tracer(store, { scope: 5 }));
  assert.throws(() => store.project('a\0b'), { name: 'NotFound' });
});

test('a number is in the bounds of its type', (t) => {
  const { store } = stand(t);
  send(store, span(1));
  const row = store.spans().first();
  const most = 2n ** 64n + 5n;
  refused('RangeError', /^end is 18446744073709551621, no whole number /,
    () => store.spans({ end: most }));
  refused('RangeError', /^start is /, () => store.spans({ start: most }),
    () => store.spans({ start: new Date(NaN) }));
  refused('RangeError', /^document is 4294967296/,
    () => store.annotate(row, 'a', { document: 2 ** 32 }));
  refused('TypeError', /^score is a number, not string$/,
    () => store.annotate(row, 'a', { score: '1' }));
  for (const timeout of [NaN, -1, 1e12, 0.5])
    refused('RangeError', /^timeout is .*, no whole number from 0 to 429496/,
      () => store.sql('SELECT 1', [], { timeout }));
  refused('TypeError', /^memory is a whole number, not string$/,
    () => store.sql('SELECT 1', [], { memory: '1' }));
  refused('RangeError', /^budget is NaN/, () => store.compact(NaN));
  refused('RangeError', /^busyTimeout is -1/,
    () => new Store(':memory:', { busyTimeout: -1 }));
  refused('RangeError', /^calls is 1.5/,
    () => capture(t).budget({ calls: 1.5 }));
});

test('a flag is true or false', (t) => {
  const { store } = stand(t);
  refused('TypeError', /^readOnly is true or false, not string$/,
    () => new Store(':memory:', { readOnly: 'no' }));
  refused('TypeError', /^rootsOnly /, () => store.spans({ rootsOnly: 1 }));
  refused('TypeError', /^arrays /, () => store.sql('', [], { arrays: 'no' }));
});

test('no span starts before 1970', (t) => {
  const { store } = stand(t);
  send(store, span(1));
  const old = new Date('1960-01-01');
  assert.strictEqual(store.spans({ start: old }).all().length, 1);
  assert.strictEqual(store.traces({ start: -1n }).all().length, 1);
  refused('RangeError', /^end is not after 1970 began$/,
    () => store.spans({ end: old }), () => store.traces({ end: 0n }));
});
