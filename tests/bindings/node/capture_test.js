// Spans in tests: what is captured, what holds, and how a failure tells it.
'use strict';
const assert = require('assert');
const { AsyncLocalStorage } = require('async_hooks');
const { execFileSync } = require('child_process');
const { once } = require('events');
const fs = require('fs');
const test = require('node:test');
const { pathToFileURL } = require('url');
const { trace } = require('@opentelemetry/api');
const { Invalid } = require('libphoenix');
const { Capture, capture, processor } = require('libphoenix/test');
const { send, span, stand } = require('./sent.js');

/** Runs what no test is around. */
const outside = AsyncLocalStorage.snapshot();
const tracer = trace.getTracer('agent');

function step(name, kind, attributes = {}) {
  tracer.startSpan(name, { attributes: { 'openinference.span.kind': kind,
    ...attributes } }).end();
}

async function runAgent(name = 'agent') {
  await tracer.startActiveSpan(name, { attributes: {
    'openinference.span.kind': 'AGENT' } }, async (agent) => {
    for (const [at, kind] of ['LLM', 'TOOL', 'LLM'].entries()) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      const tokens = kind === 'LLM' ? { 'llm.token_count.prompt': 20,
        'llm.token_count.completion': at, 'llm.model_name': 'm1',
        'llm.token_count.total': 20 + at } : { 'tool.name': 'find' };
      step('step', kind, tokens);
    }
    agent.end();
  });
}

function fails(body, operator, ...parts) {
  assert.throws(body, (error) => {
    assert.strictEqual(error.name, 'AssertionError');
    assert.strictEqual(error.operator, operator);
    for (const part of parts)
      assert(error.message.includes(part), error.message);
    assert.match(error.stack.split('\n    at ')[1], /capture_test/);
    return true;
  });
}

test('what holds passes', async (t) => {
  const spans = capture(t);
  await runAgent();
  spans.count('', 4);
  spans.count("span_kind == 'LLM'", undefined, { atLeast: 1, atMost: 2 });
  spans.none("status_code == 'ERROR'");
  assert.strictEqual(spans.one("span_kind == 'TOOL'").name, 'step');
  spans.every("span_kind == 'LLM'", 'llm.token_count.prompt < 100');
  spans.every('', "name != 'x'");
  spans.attributes("span_kind == 'LLM'",
    { 'llm.model_name': 'm1', 'llm.token_count.prompt': 20,
      'input.value': null });
  spans.tokens({ prompt: 20 });
  spans.tree('agent\n  llm\n  tool\n  llm\n');
  spans.tree(`
    agent
      tool
      llm*2`, { anyOrder: true });
  spans.order("span_kind == 'LLM'", "span_kind == 'TOOL'");
  spans.below("span_kind == 'TOOL'", "name == 'agent'", { directly: true });
  spans.budget({ spans: 4, calls: 2, tokens: 42, ms: 60000 });
  spans.lint();
  assert.deepStrictEqual([...spans].map(({ kind }) => kind).sort(),
    ['AGENT', 'LLM', 'LLM', 'TOOL']);
  assert.match(String(spans), /AGENT agent.*\n├─ LLM step/);
});

test('what does not hold shows the trees', async (t) => {
  const spans = capture(t);
  await runAgent();
  fails(() => spans.tree('agent\n  llm [latency_ms > 99]\n  retriever\n  ...'),
    'tree', '!   step  LLM  (expected: llm [latency_ms > 99])', '-   retriever');
  fails(() => spans.one("span_kind == 'LLM'"), 'one', '*   step  LLM');
  fails(() => spans.none(), 'none', 'agent  AGENT');
  fails(() => spans.count('', 3), 'count', 'agent  AGENT');
  fails(() => spans.every("span_kind == 'LLM'",
    'llm.token_count.completion == 0'), 'every', '!   step  LLM  (expected: ');
  fails(() => spans.attributes("span_kind == 'TOOL'",
    { 'tool.name': 'search' }), 'attributes',
  '!   step  TOOL  (tool.name is "find", expected "search")');
  fails(() => spans.tokens({ prompt: 1 }), 'tokens',
    'llm.token_count.prompt is 20, expected 1');
  fails(() => spans.attributes("span_kind == 'LLM'",
    { 'llm.model_name': undefined }), 'attributes', 'is "m1", expected none');
  fails(() => spans.order("span_kind == 'TOOL'", "name == 'agent'"), 'order',
    'step  TOOL');
  fails(() => spans.below("name == 'agent'", "span_kind == 'TOOL'"), 'below',
    'agent  AGENT');
  fails(() => spans.budget({ calls: 1 }), 'budget', 'agent  AGENT');
  step('odd', 'CHAT');
  fails(() => spans.lint(), 'lint', 'lint finds 1:', 'kind-unknown');
  spans.lint({ ignore: ['kind-unknown'] });
  assert.deepStrictEqual(spans.findings().map(({ rule }) => rule),
    ['kind-unknown']);
  assert.throws(() => spans.lint({ severity: 'bad' }), /severity is one of/);
});

test('what cannot be asked is no failed expectation', (t) => {
  const spans = capture(t);
  assert.throws(() => spans.one('a ='), Invalid);
  assert.throws(() => spans.tree('  a*-'), Invalid);
  assert.throws(() => spans.none("status_cod == 'ERROR'"), /did you mean/);
  assert.throws(() => spans.attributes('', { a: 1n }), TypeError);
  for (const empty of [() => spans.tokens({}), () => spans.order(),
    () => spans.attributes('', {}), () => spans.attributes(''),
    () => spans.budget({})])
    assert.throws(empty,
      { name: 'TypeError', message: /^[a-z]+\(\) expects nothing$/ });
});

test('golden traces', async (t) => {
  const spans = capture(t, { updateGoldens: false });
  const { file } = stand(t);
  await runAgent();
  fails(() => spans.golden(file('agent')), 'golden', 'is not there',
    'UPDATE_GOLDENS=1');
  const writing = capture(t, { updateGoldens: true });
  await runAgent();
  writing.golden(file('deep/agent'), { masked: ['llm.token_count.*'] });
  const text = fs.readFileSync(file('deep/agent'), 'utf8');
  assert.match(text, /^"agent" AGENT\n/);
  assert.match(text, /llm.token_count.prompt: \*\n/);
  spans.golden(pathToFileURL(file('deep/agent')));
  fs.writeFileSync(file('deep/agent'), text.replace('TOOL', 'RETRIEVER'));
  fails(() => spans.golden(file('deep/agent')), 'golden', 'has other spans:',
    '-   "step" RETRIEVER', '+   "step" TOOL');
  writing.golden(file('deep/agent'));
  spans.golden(file('deep/agent'));
});

test('tests beside each other capture their own', { concurrency: true },
  async (t) => {
    await Promise.all(Array.from({ length: 8 }, (_, i) =>
      t.test(`${i}`, async (inner) => {
        const spans = capture(inner);
        await runAgent(`agent ${i}`);
        spans.tree(`"agent ${i}"\n  ...`);
      })));
  });

test('code that traces itself otherwise may send to the store', (t) => {
  const spans = capture(t);
  send(spans.store, span(1, { kind: 'LLM' }));
  spans.one("span_kind == 'LLM'");
  assert(spans.findings().every(({ spanId }) => spanId.endsWith('1')));
});

test('what a capture misses is told', async (t) => {
  const spans = capture(t);
  const late = tracer.startSpan('late');
  fails(() => spans.one(), 'one',
    '\nno span was captured; 1 has started and has not ended: late');
  late.end();
  spans.one("name == 'late'");

  const other = new Capture();
  t.after(() => other.close());
  const warned = once(process, 'warning');
  outside(step, 'lost', 'TOOL');
  assert.match((await warned)[0].message,
    /^the span 'lost' is of none of the 2 captures that are open$/);
  fails(() => other.one(), 'one', '\nno span was captured');
});

test('a provider that is not ours is told of', () => {
  const said = execFileSync(process.execPath, ['-e', `
    const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
    const { capture, processor } = require('libphoenix/test');
    new NodeTracerProvider().register();
    const spans = capture();
    try {
      spans.one();
    } catch (error) {
      console.log(error.message.split('\\n').at(-1));
    }`], { encoding: 'utf8' });
  assert.strictEqual(said, 'no span was captured; the process has another ' +
    'tracer provider: give it `processor`\n');
});

test('a capture ends', () => {
  const spans = new Capture();
  const lost = tracer.startSpan('lost');
  spans.close();
  lost.end();
  step('nowhere', 'TOOL');
  assert.throws(() => spans.one(), { name: 'Misuse' });
  const other = capture();
  other.none();
  other[Symbol.dispose]();
  assert.strictEqual(typeof processor.onEnd, 'function');
});
