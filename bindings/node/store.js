// Store: a store of traces, and all that can be asked of it.
'use strict';
const { inspect } = require('util');
const { fileURLToPath } = require('url');
const { checkFlag } = require('./arguments.js');
const { C, call, choose, define, library, nanoseconds, open, refuse, run,
  runAsync, struct, text, texts } = require('./library.js');
const { Misuse, NotFound, placed, shown } = require('./errors.js');
const { Result, rowsOf } = require('./queries.js');
const { ANNOTATORS, STATUSES, Annotation, Finding, Project, Row, Session, Span,
  Trace } = require('./rows.js');

const FORMATS = { otlp: C.PHX_OTLP_PROTOBUF, 'otlp-json': C.PHX_OTLP_JSON,
  'spans-json': C.PHX_SPAN_JSON, logs: C.PHX_LOGS_PROTOBUF,
  'logs-json': C.PHX_LOGS_JSON, atif: C.PHX_ATIF };
const ORDERS = { newest: C.PHX_NEWEST_FIRST, oldest: C.PHX_OLDEST_FIRST };
const SORTS = { number: C.PHX_BY_NUMBER, start: C.PHX_BY_START,
  latency: C.PHX_BY_LATENCY };
const SHAPES = { nested: C.PHX_ATTRIBUTES_NESTED, flat: C.PHX_ATTRIBUTES_FLAT,
  none: C.PHX_ATTRIBUTES_NONE };
const DELETABLE = new Map([[Project, C.PHX_PROJECT], [Trace, C.PHX_TRACE],
  [Session, C.PHX_SESSION], [Span, C.PHX_SPAN]]);
const ANNOTATED = new Map([[Span, C.PHX_SPAN_ANNOTATION],
  [Trace, C.PHX_TRACE_ANNOTATION], [Session, C.PHX_SESSION_ANNOTATION]]);
const IN_MEMORY = ['sqlite::memory:', 'sqlite:///:memory:'];

function numbered(words) {
  return Object.fromEntries(words.map((word, index) => [word, index]));
}

function* kinds() {
  let name;
  for (let i = 0; (name = library.phx_kind_name(i)) !== null; i += 1)
    yield name;
}

const KINDS = numbered([...kinds()]);
const STATUSES_BY_NAME = numbered(STATUSES);
const ANNOTATORS_BY_NAME = numbered(ANNOTATORS);

// --- what callers say, as the library takes it -------------------------------

/** A path becomes sqlite:PATH. */
function urlOf(given) {
  if (given instanceof URL) return `sqlite:${fileURLToPath(given)}`;
  if (typeof given !== 'string')
    throw new TypeError(`a path is wanted, not ${typeof given}`);
  return given.startsWith('sqlite:') || given.includes('://') ? given
    : `sqlite:${given}`;
}

function pathOf(given) {
  return given instanceof URL ? fileURLToPath(given) : given;
}

function bits(choices, given, what) {
  const words = typeof given === 'string' ? [given] : given;
  return [...new Set(words)].reduce(
    (sum, word) => sum + 2 ** choose(choices, word, what), 0);
}

/** Where spans start that are asked for, as members of a query; no span starts
 * before 1970. */
function bounds(start, end) {
  const from = nanoseconds('start', start ?? 0n);
  const until = nanoseconds('end', end ?? 1n);
  if (until <= 0n) throw new RangeError('end is not after 1970 began');
  return { start_time: from < 0n ? 0n : from,
    end_time: end === undefined || end === null ? 0n : until };
}

/** A flag of C. */
function flag(name, given) {
  checkFlag(name, given);
  return Number(given);
}

function checkLimit(limit) {
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0))
    throw new RangeError(`limit is ${limit}; without one all come`);
}

/** Throws Invalid at once for what could not be asked, from a public method
 * on. */
function check(from, grain, filter, search) {
  shown(from, () => placed(filter, () =>
    call('phx_filter_check', grain, filter, null)));
  if (search !== undefined)
    shown(from, () => placed(search, () => call('phx_search_check', search)));
}

function bytesOf(given) {
  if (typeof given === 'string') return Buffer.from(given);
  if (ArrayBuffer.isView(given))
    return Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (given instanceof ArrayBuffer) return Buffer.from(given);
  throw new TypeError(`bytes or a text are wanted, not ${typeof given}`);
}

function ingested(report) {
  return { accepted: Number(report.accepted),
    duplicate: Number(report.duplicate), rejected: Number(report.rejected) };
}

function annotated(report) {
  return { written: Number(report.written), waiting: Number(report.waiting),
    dropped: Number(report.dropped) };
}

/** The number that a row has in its store. */
function numberOf(row, store) {
  if (row.store !== store) throw new Misuse('it is a row of another store');
  return row.number;
}

/** A note as the library takes it. */
function itemOf(store, { target, name, label, score, explanation, metadata,
  identifier = '', annotator = 'HUMAN', document, ...more }) {
  refuse('an annotation', more);
  const [of, id] = Array.isArray(target) ? target : [target?.constructor];
  let kind = ANNOTATED.get(of);
  if (kind === undefined)
    throw new TypeError('a Span, Trace or Session is annotated');
  if (document !== undefined && document !== null) {
    if (of !== Span)
      throw new TypeError('documents are those of a Span');
    kind = C.PHX_DOCUMENT_ANNOTATION;
  }
  const hasScore = score !== undefined && score !== null;
  return { target: Array.isArray(target) ? 0 : numberOf(target, store),
    target_id: text(id, 'target'), kind, name: text(name, 'name'),
    label: text(label, 'label'),
    score: hasScore ? score : 0, has_score: Number(hasScore),
    explanation: text(explanation, 'explanation'),
    identifier: text(identifier, 'identifier'),
    metadata: text(metadata && JSON.stringify(metadata)),
    position: document ?? 0,
    annotator: choose(ANNOTATORS_BY_NAME, annotator, 'annotator') };
}

// --- Store -------------------------------------------------------------------

function* openStore(url, { readOnly = false, migrate = true, compact = true,
  busyTimeout = 5000, retentionDays = 0, ...more }) {
  refuse('Store', more);
  const options = struct('phx_store_options', {
    flags: C.PHX_OPEN_READ_ONLY * flag('readOnly', readOnly) |
      C.PHX_OPEN_NO_MIGRATE * !flag('migrate', migrate) |
      C.PHX_OPEN_NO_COMPACT * !flag('compact', compact),
    busy_timeout: busyTimeout, retention_days: retentionDays });
  return yield* open('phx_store_close',
    { name: 'phx_store_open', given: [url, options] });
}

/** A store of traces: a file, made if there is none, or ":memory:". */
class Store {
  constructor(path, options = {}, handle = run(openStore(urlOf(path),
    options))) {
    this.url = urlOf(path);
    Object.defineProperty(this, 'handle', { value: handle });
  }

  /** The same as a promise. */
  static async open(path, options = {}) {
    return new Store(path, options,
      await runAsync(openStore(urlOf(path), options)));
  }

  get isInMemory() {
    return IN_MEMORY.includes(this.url);
  }

  /** Rows that are being read stay readable. */
  close() {
    this.handle.close();
  }

  [Symbol.dispose]() {
    this.close();
  }

  async [Symbol.asyncDispose]() {
    this.close();
  }

  [inspect.custom]() {
    return `Store(${inspect(this.url)})`;
  }

  /** Makes the calls that run now, on other threads, throw Interrupted. */
  interrupt() {
    const owner = this.handle.enter();
    try {
      library.phx_store_interrupt(owner.pointer);
    } finally {
      owner.leave();
    }
  }

  // --- reading ---------------------------------------------------------------

  /** Steps that return the number of a project, trace, session or span. */
  * find(kind, name) {
    const out = [0];
    yield this.handle.call('phx_store_find', kind, name, out);
    return out[0];
  }

  * projectNumber(project) {
    if (project === undefined || project === null) return 0;
    return project instanceof Project ? numberOf(project, this)
      : yield* this.find(C.PHX_PROJECT, project);
  }

  /** Steps that return a query with what is not known before it is asked. */
  * complete(asked, project, limit) {
    return { ...asked, limit, project: yield* this.projectNumber(project) };
  }

  /** Rows that a query finds. */
  rows(kind, name, asked, project, limit) {
    const store = this;
    return rowsOf(this, kind, function* (most) {
      return store.handle.call(name,
        yield* store.complete(asked, project, most));
    }, limit);
  }

  /** Spans for which all of this holds: docs/filters.md, docs/search.md. */
  spans({ filter = '', search, project, limit, order = 'newest', start, end,
    kinds = [], statuses = [], rootsOnly = false, names, traceIds, spanIds,
    parentIds, attributes = 'nested', ...more } = {}) {
    refuse('spans()', more);
    check(this.spans, C.PHX_FILTER_SPANS, filter, search);
    checkLimit(limit);
    const asked = struct('phx_span_query', {
      ...bounds(start, end), order: choose(ORDERS, order, 'order'),
      attributes: choose(SHAPES, attributes, 'attributes'),
      kinds: bits(KINDS, kinds, 'kind'),
      statuses: bits(STATUSES_BY_NAME, statuses, 'status'),
      roots_only: flag('rootsOnly', rootsOnly), filter: text(filter),
      search: text(search), ...texts('name', names),
      ...texts('trace_id', traceIds), ...texts('span_id', spanIds),
      ...texts('parent_id', parentIds) });
    const rows = this.rows(Span, 'phx_store_find_spans', asked, project, limit);
    return Object.defineProperty(rows, 'query',
      { value: () => this.complete(asked, project, limit ?? 0) });
  }

  /** Traces for which all of this holds, sorted by "number", as they came, by
   * "start" or by "latency". */
  traces({ filter = '', search, project, limit, order = 'newest',
    sort = 'number', start, end, session, ...more } = {}) {
    refuse('traces()', more);
    if (session && !(session instanceof Session))
      throw new TypeError('session is a Session');
    check(this.traces, C.PHX_FILTER_TRACES, filter, search);
    checkLimit(limit);
    const asked = struct('phx_trace_query', {
      ...bounds(start, end), order: choose(ORDERS, order, 'order'),
      sort: choose(SORTS, sort, 'sort'),
      filter: text(filter), search: text(search),
      sessions: session ? [numberOf(session, this)] : null,
      session_count: session ? 1 : 0 });
    return this.rows(Trace, 'phx_store_find_traces', asked, project, limit);
  }

  sessions({ filter = '', project, limit, order = 'newest', ...more } = {}) {
    refuse('sessions()', more);
    check(this.sessions, C.PHX_FILTER_SESSIONS, filter);
    checkLimit(limit);
    const asked = struct('phx_session_query',
      { order: choose(ORDERS, order, 'order'), filter: text(filter) });
    return this.rows(Session, 'phx_store_find_sessions', asked, project, limit);
  }

  /** Projects, newest first; case does not matter. */
  projects({ nameContains = null, limit, ...more } = {}) {
    refuse('projects()', more);
    checkLimit(limit);
    const { handle } = this;
    return rowsOf(this, Project, function* (most) {
      return handle.call('phx_store_find_projects', 0, 0, nameContains, most);
    }, limit);
  }

  /** Annotations, newest first: of a span, trace or session, or of all such if
   * a class is given; of the documents of spans instead. */
  annotations(target = Span,
    { names, project, limit, documents = false, ...more } = {}) {
    refuse('annotations()', more);
    checkFlag('documents', documents);
    checkLimit(limit);
    const one = target instanceof Row;
    const kind = ANNOTATED.get(one ? target.constructor : target);
    if (kind === undefined)
      throw new TypeError('a Span, Trace or Session has annotations');
    const asked = struct('phx_annotation_query', {
      kind: documents ? C.PHX_DOCUMENT_ANNOTATION : kind,
      targets: one ? [numberOf(target, this)] : null, target_count: Number(one),
      ...texts('name', names) });
    return this.rows(Annotation, 'phx_store_find_annotations', asked, project,
      limit);
  }

  /** One statement that reads, see docs/sql.md; values are those of ?1, ...
   * timeout is in milliseconds, memory in bytes. Rows are objects, or arrays.
   */
  sql(statement, values = [], options = {}) {
    return new Result(this, statement, values, options);
  }
}

/** Steps that find one row by a call. */
function* oneOf(store, kind, made, name) {
  const [found] = yield* rowsOf(store, kind, function* () {
    return made;
  }).read(1);
  if (found === undefined)
    throw new NotFound(`no ${kind.what} '${name.slice(0, 64)}'`);
  return found;
}

define(Store, {
  // --- writing ---------------------------------------------------------------

  /** Stores the spans or log records of a request; they are on disk then. */
  * ingest(data, { format = 'otlp', project = null, ...more } = {}) {
    refuse('ingest()', more);
    const bytes = bytesOf(data);
    const report = {};
    yield this.handle.call('phx_store_ingest', project,
      choose(FORMATS, format, 'format'), bytes, report);
    return ingested(report);
  },

  /** Writes what is said of a span, trace or session; its number. */
  * annotate(target, name, said = {}) {
    return (yield* annotateAll(this, [{ ...said, target, name }]))[0];
  },

  /** All of them in one commit, or none; their numbers. */
  * annotateAll(notes) {
    return yield* annotateAll(this, notes);
  },

  /** The same, but a note whose target has not come waits for it, durably,
   * until annotateWaiting() finds it. */
  * annotateLater(notes) {
    const items = notes.map((note) => itemOf(this, note));
    const report = {};
    yield this.handle.call('phx_store_annotate_later', items, items.length,
      report);
    return annotated(report);
  },

  /** Writes what waits and has its target now; drops the rest of what came
   * before a time. */
  * annotateWaiting(before = 0n) {
    const report = {};
    yield this.handle.call('phx_store_annotate_waiting',
      nanoseconds('before', before), report);
    return annotated(report);
  },

  /** Deletes it with all that belongs to it. */
  * delete(what) {
    const kind = DELETABLE.get(what?.constructor);
    if (kind === undefined)
      throw new TypeError('a Project, Trace, Session or Span can be deleted');
    yield this.handle.call('phx_store_delete', kind,
      numberOf(what, this));
  },

  // --- reading ---------------------------------------------------------------

  /** The span with an id, or NotFound. */
  * span(spanId) {
    return yield* oneOf(this, Span, this.handle.call('phx_store_find_spans',
      struct('phx_span_query', texts('span_id', [spanId]))), spanId);
  },

  * trace(traceId) {
    const trace = yield* this.find(C.PHX_TRACE, traceId);
    return yield* oneOf(this, Trace, this.handle.call('phx_store_find_traces',
      struct('phx_trace_query', { trace })), traceId);
  },

  * session(sessionId) {
    const session = yield* this.find(C.PHX_SESSION, sessionId);
    return yield* oneOf(this, Session, this.handle.call(
      'phx_store_find_sessions', struct('phx_session_query', { session })),
    sessionId);
  },

  * project(name) {
    const number = yield* this.find(C.PHX_PROJECT, name);
    return yield* oneOf(this, Project, this.handle.call(
      'phx_store_find_projects', number, 0, null, 0), name);
  },

  /** Where stored spans break the conventions of OpenInference and gen_ai, or
   * those of a request, which is not stored: see docs/testing.md. */
  * lint(data, { format = 'otlp', ...more } = {}) {
    refuse('lint()', more);
    if (data === undefined)
      return yield* findings(this, this.handle.call('phx_store_lint'));
    const bytes = bytesOf(data);
    const batch = yield* open('phx_batch_free', { name: 'phx_batch_decode',
      given: [choose(FORMATS, format, 'format'), bytes, null] });
    try {
      return yield* findings(this, batch.call('phx_batch_lint', this.handle));
    } finally {
      batch.close();
    }
  },

  // --- upkeep ----------------------------------------------------------------

  /** Counts of rows and bytes, by the names of phx_store_stats. */
  * stats() {
    const out = {};
    yield this.handle.call('phx_store_stat', out);
    return Object.fromEntries(Object.entries(out).map(([name, count]) =>
      [name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()),
        Number(count)]));
  },

  /** Works for about so many ms, or does what is overdue; whether something is
   * left to do. */
  * compact(budget = 0) {
    return (yield this.handle.call('phx_store_compact', budget)) === C.PHX_OK;
  },

  /** Copies the store as it is to a new file, while it is used. */
  * backup(path) {
    yield this.handle.call('phx_store_backup', pathOf(path));
  },

  /** Writes the traces of these spans, or all, with what belongs to them to a
   * new file, a store of its own. */
  * save(path, spans) {
    if (spans !== undefined && !spans?.query)
      throw new TypeError('spans are what spans() returns');
    if (spans && spans.store !== this)
      throw new Misuse('they are spans of another store');
    const query = spans ? yield* spans.query() : null;
    yield this.handle.call('phx_store_save', query, pathOf(path));
  },

  /** Takes in what another store's file has and this one lacks. */
  * merge(path) {
    const report = {};
    yield this.handle.call('phx_store_merge', pathOf(path), report);
    return ingested(report);
  },

  /** Reads all of it and throws Corrupt for the first fault. */
  * verify() {
    yield this.handle.call('phx_store_verify', null, null);
  },
});

function* annotateAll(store, notes) {
  const items = notes.map((note) => itemOf(store, note));
  const ids = new BigInt64Array(items.length);
  yield store.handle.call('phx_store_annotate', items, items.length, ids);
  return Array.from(ids, Number);
}

function* findings(store, made) {
  return yield* rowsOf(store, Finding, function* () {
    return made;
  }).read(Infinity);
}

module.exports = { Store };
