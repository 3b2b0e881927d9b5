// Spans in tests: what was captured, and what is expected of it.
//
//     test('the agent asks twice', async (t) => {
//       const spans = capture(t);
//       await runAgent();
//       spans.tree('agent\n  retriever\n  llm*2');
//     });
//
// What is not as expected throws an AssertionError that shows the captured
// trees, with what differs marked: docs/testing.md has the signs.
'use strict';
const { AssertionError } = require('assert');
const fs = require('fs');
const path = require('path');
const { fileURLToPath } = require('url');
const { checkFlag } = require('./arguments.js');
const { placed, shown } = require('./errors.js');
const { C, choose, refuse, run, struct, text,
  told } = require('./library.js');
const { requestOf } = require('./otlp.js');
const { router } = require('./capture_router.js');
const { SEVERITIES } = require('./rows.js');
const { Store } = require('./store.js');
const { Tracer } = require('./tracer.js');

const LEVELS = Object.fromEntries(SEVERITIES.map((name, at) => [name, at]));
const UPDATE = process.env.UPDATE_GOLDENS === '1' ||
  process.argv.includes('--update-goldens');

/** Captured spans: a store in memory, and the trees of what is in it. */
class Capture {
  #store = new Store(':memory:');
  #tracer = null;
  #waiting = [];
  #requests = [];
  #requested = new Set();

  /** Spans of OpenTelemetry that start from here on are captured. */
  constructor({ updateGoldens = UPDATE, ...more } = {}) {
    refuse('capture()', more);
    this.updateGoldens = updateGoldens;
    router.open(this);
  }

  close() {
    router.close(this);
    this.#tracer?.close();
    this.#store.close();
  }

  [Symbol.dispose]() {
    this.close();
  }

  /** A span of OpenTelemetry that ended, and which of all that started it was:
   * its start is a time in whole milliseconds. */
  add(span, place) {
    this.#waiting.push({ span, place });
  }

  /** Its spans are captured: for code that traces itself. */
  get tracer() {
    this.#tracer ??= new Tracer(this.#store);
    return this.#tracer;
  }

  /** The store with all spans that have ended. */
  get store() {
    this.#tracer?.flush();
    if (this.#waiting.length > 0) {
      const waiting = this.#waiting.splice(0)
        .sort((a, b) => a.place - b.place).map(({ span }) => span);
      const request = requestOf(waiting);
      this.#store.ingest(request, { format: 'otlp-json' });
      this.#requests.push(request);
      for (const span of waiting)
        this.#requested.add(span.spanContext().spanId);
    }
    return this.#store;
  }

  [Symbol.iterator]() {
    return this.store.spans({ order: 'oldest' })[Symbol.iterator]();
  }

  /** The trees. */
  toString() {
    return this.store.traces({ order: 'oldest' }).all()
      .map((trace) => trace.tree()).join('\n');
  }

  // --- what is expected ------------------------------------------------------

  #expect(operator, name, ...given) {
    this.#expectOf(undefined, operator, name, ...given);
  }

  /** The same of what is said by a text, which an error has its place in. */
  #expectOf(text, operator, name, ...given) {
    const { status, report } = shown(this[operator], () => placed(text, () =>
      run(told(this.store.handle.call(name, ...given)))));
    if (status === C.PHX_UNMET) this.#fail(operator, report);
  }

  /** What is known of spans that were not captured. */
  #known() {
    const parts = router.known(this);
    if (this.store.stats().spans === 0) parts.unshift('no span was captured');
    return parts.join('; ');
  }

  /** The stack begins where the expectation is. */
  #fail(operator, report) {
    const message = [report.trimEnd(), this.#known()].filter(Boolean);
    throw new AssertionError({ message: message.join('\n'), operator,
      stackStartFn: this[operator] });
  }

  #count(operator, filter, least, most) {
    this.#expectOf(filter, operator, 'phx_expect_count', filter, least, most);
  }

  /** The filter chooses n spans, or so many. */
  count(filter = '', n = undefined,
    { atLeast = 0, atMost = -1, ...more } = {}) {
    refuse('count()', more);
    this.#count('count', filter, n ?? atLeast, n ?? atMost);
  }

  /** The filter chooses one span, which is returned. */
  one(filter = '') {
    this.#count('one', filter, 1, 1);
    return this.store.spans({ filter }).first();
  }

  /** The filter chooses no span. */
  none(filter = '') {
    this.#count('none', filter, 0, 0);
  }

  /** The filter chooses spans, and the condition holds for all. */
  every(filter, condition) {
    this.#expect('every', 'phx_expect_every', filter, condition);
  }

  #attributes(operator, filter, expected) {
    if (typeof expected !== 'object' || Object.keys(expected ?? {}).length < 1)
      throw new TypeError(`${operator}() expects nothing`);
    const wanted = JSON.stringify(expected, (_, value) => value ?? null);
    this.#expect(operator, 'phx_expect_attributes', filter, wanted);
  }

  /** Every span that the filter chooses has these attributes, by their flat
   * keys, as 'llm.input_messages.0.message.role'; null is for one that is not
   * there, nor any below it. */
  attributes(filter, expected) {
    this.#attributes('attributes', filter, expected);
  }

  /** Every span that the filter chooses has counted so many tokens. */
  tokens({ filter = "span_kind == 'LLM'", prompt, completion, total }) {
    const given = Object.entries({ prompt, completion, total })
      .filter(([, count]) => count !== undefined)
      .map(([name, count]) => [`llm.token_count.${name}`, count]);
    this.#attributes('tokens', filter, Object.fromEntries(given));
  }

  /** The trees are those of the pattern, and there are no others. */
  tree(pattern, { anyOrder = false, ...more } = {}) {
    refuse('tree()', more);
    checkFlag('anyOrder', anyOrder);
    this.#expectOf(pattern, 'tree', 'phx_expect_tree', pattern,
      anyOrder ? C.PHX_TREE_ANY_ORDER : 0);
  }

  /** Spans that the filters choose start one after the other. */
  order(...filters) {
    if (filters.length === 0) throw new TypeError('order() expects nothing');
    this.#expect('order', 'phx_expect_order',
      filters.map((one) => text(one, 'a filter')), filters.length);
  }

  /** Each span that the filter chooses, at least one, is below a span that the
   * other chooses. */
  below(filter, parent, { directly = false, ...more } = {}) {
    refuse('below()', more);
    checkFlag('directly', directly);
    this.#expect('below', 'phx_expect_below', filter, parent,
      directly ? C.PHX_BELOW_DIRECTLY : 0);
  }

  /** All together are at most so many spans, calls of LLMs, tokens, USD, and no
   * trace takes longer than so many ms. */
  budget({ spans = -1, calls = -1, tokens = -1, cost = -1, ms = -1,
    ...more }) {
    refuse('budget()', more);
    if (Math.max(spans, calls, tokens, cost, ms) === -1)
      throw new TypeError('budget() expects nothing');
    this.#expect('budget', 'phx_expect_budget', struct('phx_budget',
      { spans, llm_calls: calls, tokens, cost, latency: ms }));
  }

  // --- golden traces ---------------------------------------------------------

  #differs(file) {
    if (!fs.existsSync(file)) return `${file} is not there`;
    const kept = fs.readFileSync(file);
    const { status, report } = run(told(
      this.store.handle.call('phx_golden_compare', kept)));
    return status === C.PHX_UNMET ? `${file} has other spans:\n${report}` : '';
  }

  /** The spans are those that a file keeps. The values of masked keys may be
   * any; one that ends in * is for all keys that begin so. */
  golden(file, { masked = [] } = {}) {
    const name = file instanceof URL ? fileURLToPath(file) : file;
    const report = this.#differs(name);
    if (report === '') return;
    if (!this.updateGoldens)
      this.#fail('golden', `${report.trimEnd()}\n(UPDATE_GOLDENS=1, or ` +
        '--update-goldens behind the file, writes it)');
    const written = run(told(this.store.handle.call('phx_golden_write',
      struct('phx_golden_options', {
        masked: masked.map((one) => text(one, 'a masked key')),
        masked_count: masked.length }))));
    fs.mkdirSync(path.dirname(name), { recursive: true });
    fs.writeFileSync(name, written.report);
  }

  // --- lint ------------------------------------------------------------------

  /** Where spans break the conventions of OpenInference and gen_ai: what came
   * from OpenTelemetry is looked at as it came. */
  findings() {
    const { store } = this;
    return [
      ...this.#requests.flatMap((request) =>
        store.lint(request, { format: 'otlp-json' })),
      ...store.lint().filter(({ spanId }) => !this.#requested.has(spanId)),
    ];
  }

  /** No rule finds anything that is so severe or more; ignore has the ids of
   * rules that do not count. */
  lint({ severity = 'warning', ignore = [], ...more } = {}) {
    refuse('lint()', more);
    const least = choose(LEVELS, severity, 'severity');
    const found = this.findings().filter((finding) =>
      LEVELS[finding.severity] >= least && !ignore.includes(finding.rule));
    if (found.length > 0)
      this.#fail('lint', [`lint finds ${found.length}:`, ...found].join('\n'));
  }
}

/** Begins to capture: until the end of a test of node:test, if it is given, or
 * until close(). */
function capture(test, options) {
  const captured = new Capture(options);
  test?.after(() => captured.close());
  return captured;
}

module.exports = { Capture, capture, processor: router };
