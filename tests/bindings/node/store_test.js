// Store: what goes in, comes out, is annotated and deleted.
'use strict';
const assert = require('assert');
const { execFileSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const test = require('node:test');
const { inspect } = require('util');
const { pathToFileURL } = require('url');
const { Busy, Conflict, Invalid, Misuse, NotFound, PhoenixError, Session, Span,
  Store, TooBig } = require('libphoenix');
const { capture } = require('libphoenix/test');
const { BASE, ROOT, hex, request, send, span, stand } = require('./sent.js');

const GOLDEN = path.join(ROOT, 'tests/golden/openai-agents');

test('requests come in every format', (t) => {
  const { store } = stand(t);
  const recorded = fs.readFileSync(path.join(GOLDEN,
    fs.readdirSync(GOLDEN).filter((name) => name.endsWith('.pb')).sort()[0]));
  assert.strictEqual(store.ingest(recorded).accepted, 9);
  assert.deepStrictEqual(store.ingest(new Uint8Array(recorded)),
    { accepted: 0, duplicate: 9, rejected: 0 });
  assert.strictEqual(send(store, span(1)).accepted, 1);
  assert.deepStrictEqual(send(store, { ...span(2), spanId: '' }),
    { accepted: 0, duplicate: 0, rejected: 1 });
  const rest = JSON.stringify({ data: [{ name: 'a', span_kind: 'LLM',
    status_code: 'OK', context: { trace_id: '02', span_id: '02' },
    start_time: '2026-01-01T00:00:00Z', end_time: '2026-01-01T00:00:01Z' }] });
  assert.strictEqual(
    store.ingest(rest, { format: 'spans-json' }).accepted, 1);
  const log = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [
    { traceId: '03', spanId: '03', body: { stringValue: 'x' } }] }] }] });
  assert.strictEqual(store.ingest(Buffer.from(log).buffer.slice(0, 0),
    { format: 'logs' }).accepted, 0);
  assert.strictEqual(store.ingest(log, { format: 'logs-json' }).accepted, 1);
});

test('what is wrong has a place', (t) => {
  const { store } = stand(t);
  assert.throws(() => store.ingest('{"resourceSpans" 7}',
    { format: 'otlp-json' }), { name: 'Invalid', code: 'PHX_INVALID',
    offset: 17, osCode: 0 });
  assert.throws(() => store.ingest('', { format: 'xml' }),
    /format is one of 'otlp', /);
  assert.throws(() => store.ingest(7), TypeError);
  assert(new Invalid('x') instanceof PhoenixError);
});

test('a store is a file', (t) => {
  const { file } = stand(t);
  const store = new Store(file('store'));
  send(store, span(1));
  assert.throws(() => new Store(file('store')), Busy);
  const reader = new Store(file('store'), { readOnly: true });
  assert.strictEqual(reader.spans().all().length, 1);
  reader.close();
  store.close();
  const again = new Store(pathToFileURL(file('store')));
  assert.strictEqual(again.span(hex(1, 8)).name, 'step');
  again.backup(file('copy'));
  assert.throws(() => again.backup(file('copy')), Conflict);
  again.verify();
  assert.strictEqual(again.compact(), false);
  assert.strictEqual(again.stats().spans, 1);
  assert.strictEqual(typeof again.stats().youngBlocks, 'number');
  again[Symbol.dispose]();
  const copy = new Store(`sqlite:${file('copy')}`);
  assert.strictEqual(copy.traces().all().length, 1);
  copy.close();
  assert.throws(() => new Store('ftp://somewhere'), Invalid);
  assert.throws(() => new Store(file('none'), { readOnly: true }), NotFound);
  assert.throws(() => new Store(7), TypeError);
});

test('what is closed says so', (t) => {
  const { store } = stand(t);
  const rows = store.spans();
  store.close();
  store.close();
  for (const call of [() => store.stats(), () => rows.first(),
    () => store.interrupt(), () => send(store, span(1))])
    assert.throws(call, { name: 'Misuse', message: 'it is closed' });
  assert.throws(() => [...rows], Misuse);
});

// --- spans -------------------------------------------------------------------

function withSpans(t) {
  const place = stand(t);
  send(place.store,
    span(1, { name: 'agent \x1b', kind: 'AGENT', attributes: {
      'session.id': 's1', 'input.value': 'in \u{1d4d0} Paris' } }),
    span(2, { parent: 1, name: 'call', kind: 'LLM', traceState: 'a=b',
      attributes: { 'llm.model_name': 'm1', 'llm.token_count.prompt': 3,
        'llm.token_count.completion': 4 },
      status: { code: 2, message: 'late' },
      events: [{ name: 'tick', timeUnixNano: String(BASE), attributes: [] }],
      links: [{ traceId: '0a', spanId: '0b' }] }),
    span(3, { trace: 2, name: 'other \u6771' }));
  const numbers = (query) =>
    place.store.spans(query).all().map((row) => row.number);
  return { ...place, numbers };
}

test('a span has its fields', (t) => {
  const { store } = withSpans(t);
  const call = store.span(hex(2, 8));
  const { attributes, ...fields } = call;
  assert.deepStrictEqual(fields, {
    number: 2, startNs: BASE + 2000002n, endNs: BASE + 252000002n,
    spanId: hex(2, 8), traceId: hex(1, 16), parentId: hex(1, 8),
    project: 'town', name: 'call', kind: 'LLM', status: 'ERROR',
    statusMessage: 'late', traceState: 'a=b', promptTokens: 3,
    completionTokens: 4,
    events: [{ name: 'tick', attributes: {},
      timestamp: '2025-10-09T08:53:20+00:00' }],
    links: [{ trace_id: '0a', span_id: '0b', trace_state: '',
      attributes: {} }],
    match: null });
  assert.strictEqual(attributes.llm.model_name, 'm1');
  assert.strictEqual(call.latencyMs, 250);
  assert.strictEqual(call.sessionId, null);
  assert.strictEqual(call.startTime.toISOString(), '2025-10-09T08:53:20.002Z');
  assert.strictEqual(JSON.parse(JSON.stringify(call)).startNs,
    String(call.startNs));
  assert.strictEqual(
    call.trace().spans({ filter: "name == 'call'" }).first().number, 2);
  const root = store.span(hex(1, 8));
  assert.deepStrictEqual([root.parentId, root.sessionId, root.promptTokens],
    [null, 's1', null]);
  const [flat, none] = ['flat', 'none'].map((how) => store.spans(
    { spanIds: [root.spanId], attributes: how }).first().sessionId);
  assert.deepStrictEqual([flat, none], ['s1', null]);
});

test('queries choose', (t) => {
  const { store, numbers } = withSpans(t);
  const second = store.span(hex(2, 8));
  const answers = [
    [{}, [3, 2, 1]], [{ order: 'oldest', limit: 2 }, [1, 2]],
    [{ filter: "span_kind == 'LLM'" }, [2]],
    [{ kinds: ['LLM', 'AGENT'] }, [2, 1]],
    [{ statuses: 'ERROR' }, [2]], [{ rootsOnly: true }, [3, 1]],
    [{ names: ['call', 'no'] }, [2]], [{ traceIds: [hex(2, 16)] }, [3]],
    [{ parentIds: [hex(1, 8)] }, [2]], [{ project: 'town' }, [3, 2, 1]],
    [{ project: store.project('default') }, []],
    [{ start: second.startNs }, [3, 2]],
    [{ end: new Date(second.startTime.getTime() + 1) }, [2, 1]]];
  for (const [query, expected] of answers)
    assert.deepStrictEqual(numbers(query), expected);
  const flat = store.spans({ attributes: 'flat', names: ['call'] }).first();
  assert.strictEqual(flat.attributes['llm.model_name'], 'm1');
  const bare = store.spans({ attributes: 'none', names: ['call'] }).first();
  assert.deepStrictEqual([bare.attributes, bare.events, bare.links],
    [{}, [], []]);
  assert.strictEqual(store.spans({ filter: "name == 'no'" }).first(),
    undefined);
  assert.strictEqual(store.spans({ limit: 2 }).first().number, 3);
  assert.match(inspect(store.spans()), /^Rows of Store\('sqlite::memory:'\)/);
});

test('searches tell where', (t) => {
  const { store } = withSpans(t);
  const { match } = store.spans({ search: 'paris' }).first();
  assert.strictEqual(match.path, 'input.value');
  assert.strictEqual(match.snippet.slice(match.mark), 'Paris');
  assert.deepStrictEqual(store.traces({ search: 'paris' }).all()
    .map((trace) => trace.traceId), [hex(1, 16)]);
});

test('wrong queries say so at once', (t) => {
  const { store } = stand(t);
  assert.throws(() => store.spans({ filter: 'span_kind == ' }),
    { name: 'Invalid', offset: 12 });
  assert.throws(() => store.spans({ search: ' ' }), Invalid);
  assert.throws(() => store.spans({ search: 'x'.repeat(2000) }), TooBig);
  assert.throws(() => store.spans({ kinds: ['llm'] }),
    /kind is one of 'UNKNOWN'/);
  assert.throws(() => store.spans({ limit: 0 }), /limit is 0/);
  assert.throws(() => store.spans({ order: 1 }), /order is one of/);
  assert.throws(() => store.spans({ names: 'call' }), TypeError);
  assert.throws(() => store.spans({ start: 7 }), TypeError);
  assert.throws(() => store.spans({ project: 'nowhere' }).first(), NotFound);
});

test('traces, sessions, projects', (t) => {
  const { store } = withSpans(t);
  const traces = store.traces({ order: 'oldest', sort: 'start' }).all();
  assert.deepStrictEqual(traces.map((trace) => [trace.spanCount,
    trace.errorCount, trace.promptTokens, trace.completionTokens]),
  [[2, 1, 3, 4], [1, 0, 0, 0]]);
  assert.deepStrictEqual(traces[0].spans().all().map((row) => row.name),
    ['agent \x1b', 'call']);
  const session = store.session('s1');
  assert.strictEqual(session.traceCount, 1);
  assert.deepStrictEqual(session.traces().all().map((trace) => trace.traceId),
    [hex(1, 16)]);
  assert.deepStrictEqual(store.sessions().all(), [session]);
  assert.deepStrictEqual(store.projects({ nameContains: 'TOW' }).all()
    .map((project) => project.name), ['town']);
  assert(store.project('town').createdAt <= new Date());
  for (const missing of ['span', 'trace', 'session', 'project'])
    assert.throws(() => store[missing]('0c'), NotFound);
});

test('a trace shows itself as a tree', (t) => {
  const { store } = withSpans(t);
  const trace = store.trace(hex(1, 16));
  assert.strictEqual(trace.tree(),
    `Trace ${hex(1, 16)}, 2 spans, 251.0 ms\n` +
    'AGENT agent \\u{1b}, 250.0 ms\n' +
    '└─ LLM call, 250.0 ms, 3+4 tokens, ERROR late');
  assert.strictEqual(inspect(trace), trace.tree());
  send(store, ...Array.from({ length: 60 }, (_, i) => span(i + 10,
    { trace: 3, parent: i === 0 ? 69 : i + 9 })));
  const lines = store.trace(hex(3, 16)).tree().split('\n');
  assert.deepStrictEqual([lines.length, lines.at(-1)], [42, '... 20 more']);
  store.close();
  assert.match(inspect(trace), /^<Trace .* 251.0 ms>$/);
});

test('annotations', (t) => {
  const { store } = withSpans(t);
  const call = store.span(hex(2, 8));
  const number = store.annotate(call, 'correct', { label: 'yes', score: 0.5,
    explanation: 'it is', annotator: 'CODE', metadata: { by: ['me'] } });
  const { createdNs, updatedNs, ...note } = store.annotations(call).first();
  assert(createdNs > 0n && updatedNs >= createdNs);
  assert.deepStrictEqual({ ...note }, { number, targetId: call.spanId,
    name: 'correct', identifier: '', label: 'yes', score: 0.5,
    explanation: 'it is', metadata: { by: ['me'] }, annotator: 'CODE',
    source: 'API', document: null });
  store.annotateAll([{ target: call, name: 'correct', label: 'no' },
    { target: call.trace(), name: 'good' },
    { target: store.session('s1'), name: 'long', score: 0 }]);
  const found = (...given) => store.annotations(...given).all()
    .map(({ name, label, score }) => [name, label, score]);
  assert.deepStrictEqual(found(Span, { names: ['correct'] }),
    [['correct', 'no', null]]);
  assert.deepStrictEqual(found(Session), [['long', null, 0]]);
  assert.deepStrictEqual(found(call.trace()), [['good', null, null]]);
  assert.deepStrictEqual(store.annotateAll([]), []);
  assert.deepStrictEqual(store.annotateLater([
    { target: [Span, 'ffffffffffffffff'], name: 'early' },
    { target: [Session, 's1'], name: 'long', identifier: 'two' }]),
  { written: 1, waiting: 1, dropped: 0 });
  assert.deepStrictEqual(store.annotateWaiting(new Date(Date.now() + 1e6)),
    { written: 0, waiting: 0, dropped: 1 });
  assert.throws(() => store.annotateAll(
    [{ target: call, name: 'fine' }, { target: call, name: '' }]),
  { name: 'Invalid', offset: 1 });
  assert.throws(() => store.annotate(call, 'fine', { document: 0 }), Invalid);
  assert.throws(() => store.annotate(store, 'x'), TypeError);
  assert.throws(() => store.annotate(call.trace(), 'x', { document: 1 }),
    TypeError);
  assert.throws(() => store.annotations('x'), TypeError);
});

test('rows are of their store', (t) => {
  const { store, file } = withSpans(t);
  const other = withSpans(t).store;
  const call = other.span(hex(2, 8));
  for (const wrong of [() => store.delete(call),
    () => store.annotate(call, 'x'), () => store.annotations(call),
    () => store.spans({ project: other.project('town') }).all(),
    () => store.traces({ session: other.session('s1') }),
    () => store.save(file('x'), other.spans())])
    assert.throws(wrong, { name: 'Misuse', message: /of another store$/ });
  assert.throws(() => store.save(file('x'), [call]), TypeError);
  assert.throws(() => store.traces({ session: 's1' }), TypeError);
  assert.strictEqual(store.stats().spans, 3);
});

test('deletes', (t) => {
  const { store, numbers } = withSpans(t);
  store.delete(store.span(hex(3, 8)));
  assert.strictEqual(store.traces().all().length, 1);
  store.delete(store.trace(hex(1, 16)));
  store.delete(store.project('town'));
  assert.deepStrictEqual(numbers(), []);
  assert.throws(() => store.delete(store.project('default')), Conflict);
  assert.throws(() => store.delete('town'), TypeError);
});

test('archives', (t) => {
  const { store, file } = withSpans(t);
  store.save(file('whole'));
  store.save(file('part'), store.spans({ filter: "name == 'call'" }));
  assert.throws(() => store.save(file('part')), Conflict);
  const part = new Store(file('part'), { readOnly: true });
  assert.deepStrictEqual(part.traces().all().map((trace) => trace.traceId),
    [hex(1, 16)]);
  part.close();
  const other = new Store(file('other'));
  assert.strictEqual(other.merge(file('part')).accepted, 2);
  assert.deepStrictEqual(other.merge(file('whole')),
    { accepted: 1, duplicate: 2, rejected: 0 });
  assert.throws(() => other.merge(file('none')), NotFound);
  other.close();
});

test('SQL', (t) => {
  const { store, file } = stand(t);
  const given = [null, 7, 0.5, 'a\0b', Buffer.from([0, 255]), 2n ** 63n - 1n];
  for (const one of [store, new Store(file('sql'))]) {
    send(one, span(7, { name: 'x' }));
    const rows = one.sql('SELECT ?1, ?2, ?3, ?4, ?5, ?6, name FROM spans ' +
      "WHERE name = 'x'", given, { arrays: true });
    assert.deepStrictEqual(rows.all(), [[...given, 'x']]);
    assert.strictEqual(rows.columns().at(-1), 'name');
    assert.deepStrictEqual(one.sql('SELECT 1 AS one, true AS two').all(),
      [{ one: 1, two: 1 }]);
    for (const row of one.sql('SELECT span_id FROM spans'))
      assert.strictEqual(one.span(row.span_id).name, 'x');
    for (const wrong of ['DELETE FROM span', 'SELECT', 'SELECT ?1'])
      assert.throws(() => one.sql(wrong).all(), Invalid);
    assert.throws(() => one.sql('SELECT ?1', [2n ** 63n]), RangeError);
    assert.throws(() => one.sql('SELECT ?1', [[]]), TypeError);
    assert.throws(() => one.sql('SELECT ?1', 'x'), TypeError);
    assert.throws(() => one.sql('SELECT zeroblob(1 << 26)', [],
      { memory: 1 << 20 }).all(), TooBig);
    assert.throws(() => one.sql('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL ' +
      'SELECT i + 1 FROM n) SELECT count(*) FROM n', [],
    { timeout: 50 }).all(), { name: 'Interrupted' });
    one.close();
  }
});

test('lint tells what breaks the conventions', (t) => {
  const { store } = withSpans(t);
  const found = store.lint();
  assert(found.some(({ rule, spanId }) =>
    rule === 'kind-missing' && spanId === hex(3, 8)));
  assert.match(String(found[0]), /^(info|warning|error) [a-z-]+: /);
  const [finding] = store.lint(request(span(9)), { format: 'otlp-json' });
  assert.deepStrictEqual([finding.rule, finding.number, finding.path],
    ['kind-missing', undefined, 'openinference.span.kind']);
  assert.strictEqual(store.stats().spans, 3);
});

test('what nobody knows is refused by its name', (t) => {
  const { store } = withSpans(t);
  const refused = (call, pattern) =>
    assert.throws(call, { name: 'TypeError', message: pattern });
  refused(() => store.spans({ filtr: "name == 'a'" }),
    /^spans\(\) has no option 'filtr'$/);
  refused(() => store.spans("name == 'a'"),
    /^spans\(\) takes its options as an object$/);
  refused(() => store.traces({ sorted: 'start' }), /'sorted'/);
  refused(() => store.sessions({ sort: 'start' }), /'sort'/);
  refused(() => store.projects({ name: 'a' }), /'name'/);
  refused(() => store.annotations(Span, { name: 'a' }), /'name'/);
  refused(() => store.sql('SELECT 1', [], { array: true }), /'array'/);
  refused(() => store.ingest('', { from: 'town' }), /'from'/);
  refused(() => store.lint('', { from: 'town' }), /'from'/);
  refused(() => store.annotate(store.spans().first(), 'a', { scor: 1 }),
    /^an annotation has no option 'scor'$/);
  refused(() => new Store(':memory:', { readonly: true }), /'readonly'/);
});

test('classes may be renamed, as bundlers do', () => {
  const said = execFileSync(process.execPath, ['-e', `
    const { Module } = require('module');
    const { _compile } = Module.prototype;
    Module.prototype._compile = function compile(text, ...more) {
      return _compile.call(this,
        text.replace(/^class (\\w+)/gm, 'const $1 = class a'), ...more);
    };
    const { NotFound, Store } = require('libphoenix');
    const store = new Store(':memory:');
    for (const call of [() => store.span('1'.repeat(16)),
      () => store.project('none'), () => store.ingest('x')])
      try {
        call();
      } catch (error) {
        console.log(error.constructor.name, error.name, error.code,
          error instanceof NotFound, error.stack.split(':')[0]);
      }
    console.log(store.spans.name);
  `], { encoding: 'utf8' });
  assert.strictEqual(said, `a NotFound PHX_NOT_FOUND true NotFound
a NotFound PHX_NOT_FOUND true NotFound
a Invalid PHX_INVALID false Invalid
spans
`);
});

test('an error says where in a text it is, and who asked', async (t) => {
  const { store } = withSpans(t);
  const place = (call, pattern) => assert.throws(call, (error) => {
    assert.match(error.message, pattern);
    assert(error.stack.includes(error.message));
    // Of the package no frame is shown: the first is the test's.
    assert.match(error.stack.slice(error.stack.indexOf('\n    at ')),
      /^\n    at .*store_test\.js/);
    return error.name === 'Invalid';
  });
  place(() => store.spans({ filter: "(name == '\u00e9'\n  and latency > )" }),
    /\(line 2, column 17: "  and latency > \)"\)$/);
  place(() => store.traces({ filter: `name == '${'x'.repeat(500)}' and` }),
    /\(line 1, column \d{3}: "[^"]{1,80}"\)$/);
  place(() => store.sql('?').all(), /\(line 1, column 1: "\?"\)$/);
  place(() => store.ingest('{', { format: 'otlp-json' }), /[^)]$/);
  const spans = capture(t);
  place(() => spans.tree('agent\n   search*2*'),
    /\(line 2, column 12: " {3}search\*2\*"\)$/);
  place(() => spans.one('name =='), /\(line 1, column 8: "name =="\)$/);
  await assert.rejects(store.sql('?').promises.all(), /line 1, column 1/);
});

test('attributes have flat keys, whichever way they were read', (t) => {
  const { store } = stand(t);
  const given = { 'llm.model_name': 'm1', 'my-app.tier': 'gold',
    'llm.input_messages.0.message.role': 'user', 'session.id': 's' };
  send(store, span(1, { attributes: given }));
  for (const attributes of ['nested', 'flat']) {
    const row = store.spans({ attributes }).first();
    assert.deepStrictEqual({ ...row.flatAttributes }, given);
    assert.strictEqual(row.sessionId, 's');
  }
  assert.strictEqual(store.spans({ attributes: 'none' }).first().sessionId,
    null);
});
