// Rows as the library gives them by the page: spans, traces, sessions,
// projects, annotations, and what is wrong with spans.
'use strict';
const { inspect } = require('util');
const { run, told } = require('./library.js');
const tree = require('./tree.js');

const STATUSES = ['UNSET', 'OK', 'ERROR'];
const ANNOTATORS = ['LLM', 'CODE', 'HUMAN'];
const SOURCES = ['API', 'APP'];
const SEVERITIES = ['info', 'warning', 'error'];

/** To the millisecond, which is as fine as a Date is. */
function timeOf(ns) {
  return new Date(Number(ns / 1000000n));
}

function known(count) {
  return count < 0 ? null : count;
}

/** A copy of what was lent, and the store it is of. */
class Lent {
  #store;

  constructor(store) {
    this.#store = store;
  }

  get store() {
    return this.#store;
  }

  /** Nanoseconds as texts: JSON has no bigint. */
  toJSON() {
    return Object.fromEntries(Object.entries(this).map(([name, value]) =>
      [name, typeof value === 'bigint' ? String(value) : value]));
  }
}

/** What has a number. */
class Row extends Lent {
  constructor(row, store) {
    super(store);
    this.number = row.id;
  }
}

/** What has a start and an end. */
class Timed extends Row {
  constructor(row, store) {
    super(row, store);
    this.startNs = BigInt(row.start_time);
    this.endNs = BigInt(row.end_time);
  }

  get startTime() {
    return timeOf(this.startNs);
  }

  get endTime() {
    return timeOf(this.endNs);
  }

  get latencyMs() {
    return Number(this.endNs - this.startNs) / 1e6;
  }
}

/** Where a span that a search found has its first word. */
function matchOf({ path, snippet, mark }) {
  const before = Buffer.from(snippet).subarray(0, mark).toString();
  return { path, snippet, mark: before.length };
}

function flatten(attributes) {
  const text = JSON.stringify(attributes);
  return JSON.parse(run(told(
    { name: 'phx_attributes_flatten', given: [text] })).report);
}

class Span extends Timed {
  static what = 'span';
  #flat;

  constructor(row, store) {
    super(row, store);
    this.spanId = row.span_id;
    this.traceId = row.trace_id;
    this.parentId = row.parent_id ?? null;
    this.project = row.project ?? '';
    this.name = row.name ?? '';
    this.kind = row.kind;
    this.status = STATUSES[row.status];
    this.statusMessage = row.status_message ?? '';
    this.traceState = row.trace_state ?? '';
    this.promptTokens = known(row.prompt_tokens);
    this.completionTokens = known(row.completion_tokens);
    this.attributes = row.attributes ?? {};
    this.events = row.events ?? [];
    this.links = row.links ?? [];
    this.match = row.match ? matchOf(row.match) : null;
  }

  /** By their flat keys, whichever way they were read. */
  get flatAttributes() {
    return this.#flat ??= flatten(this.attributes);
  }

  /** As its attributes give it. */
  get sessionId() {
    const given = this.flatAttributes['session.id'];
    return given === undefined ? null : String(given);
  }

  trace() {
    return this.store.trace(this.traceId);
  }
}

class Trace extends Timed {
  static what = 'trace';

  constructor(row, store) {
    super(row, store);
    this.traceId = row.trace_id;
    this.spanCount = row.spans;
    this.errorCount = row.errors;
    this.promptTokens = row.prompt_tokens;
    this.completionTokens = row.completion_tokens;
  }

  /** Its spans, oldest first; the query is that of Store.spans. */
  spans(query = {}) {
    return this.store.spans(
      { order: 'oldest', ...query, traceIds: [this.traceId] });
  }

  /** Its spans as a tree, in text. */
  tree() {
    return tree.textOf(this, this.spans(tree.QUERY).all());
  }

  [inspect.custom]() {
    try {
      return this.tree();
    } catch {
      return `<${tree.headOf(this)}>`; // of a store that is closed
    }
  }
}

class Session extends Timed {
  static what = 'session';

  constructor(row, store) {
    super(row, store);
    this.sessionId = row.session_id;
    this.traceCount = row.traces;
  }

  /** Its traces, oldest first; the query is that of Store.traces. */
  traces(query = {}) {
    return this.store.traces({ order: 'oldest', ...query, session: this });
  }
}

class Dated extends Row {
  constructor(row, store) {
    super(row, store);
    this.createdNs = BigInt(row.created_at);
    this.updatedNs = BigInt(row.updated_at);
  }

  get createdAt() {
    return timeOf(this.createdNs);
  }

  get updatedAt() {
    return timeOf(this.updatedNs);
  }
}

class Project extends Dated {
  static what = 'project';

  constructor(row, store) {
    super(row, store);
    this.name = row.name;
    this.description = row.description ?? null;
  }
}

/** What is said of a span, a trace or a session. */
class Annotation extends Dated {
  constructor(row, store) {
    super(row, store);
    this.targetId = row.target_id;
    this.name = row.name;
    this.identifier = row.identifier ?? '';
    this.label = row.label ?? null;
    this.score = row.has_score ? row.score : null;
    this.explanation = row.explanation ?? null;
    this.metadata = row.metadata ?? {};
    this.annotator = ANNOTATORS[row.annotator];
    this.source = SOURCES[row.source];
    this.document = known(row.position);
  }
}

/** A span that is not as a rule says. */
class Finding extends Lent {
  constructor(row, store) {
    super(store);
    this.rule = row.rule.id;
    this.severity = SEVERITIES[row.rule.severity];
    this.reason = row.rule.reason;
    this.traceId = row.trace_id;
    this.spanId = row.span_id;
    this.name = row.name ?? '';
    this.path = row.path ?? '';
    this.message = row.message;
  }

  toString() {
    const place = this.path ? ` ${this.path}:` : '';
    return `${this.severity} ${this.rule}: ${tree.printable(this.name)}:` +
      `${place} ${this.message}`;
  }
}

module.exports = {
  ANNOTATORS, STATUSES, SEVERITIES, Annotation, Finding, Project, Row, Session,
  Span, Trace,
};
