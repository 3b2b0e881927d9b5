/// <reference types="node" />
import type { inspect } from 'util';

/** The library's version. */
export declare const version: string;

/** A call failed, and the store is as it was before it. */
export declare class PhoenixError extends Error {
  /** "PHX_INVALID" and so on. */
  readonly code: string;
  /** The byte of the input, or the index of the item, at fault. */
  readonly offset?: number;
  /** errno, or the database's own code; 0 if there is none. */
  readonly osCode: number;
}
/** Nothing changed; free something and try again. */
export declare class NoMemory extends PhoenixError {}
/** A rule was broken: closed before. */
export declare class Misuse extends PhoenixError {}
/** The data given is malformed; see offset. */
export declare class Invalid extends PhoenixError {}
/** Nothing has that name or id. */
export declare class NotFound extends PhoenixError {}
/** It exists, or changed since it was read. */
export declare class Conflict extends PhoenixError {}
/** A documented limit was passed. */
export declare class TooBig extends PhoenixError {}
/** Another writer holds the store; try again. */
export declare class Busy extends PhoenixError {}
/** Store.interrupt() was called, or the time is over. */
export declare class Interrupted extends PhoenixError {}
/** The disk failed; see osCode. */
export declare class IO extends PhoenixError {}
/** The store holds what was never written. */
export declare class Corrupt extends PhoenixError {}
/** Not in this build, or the store is newer. */
export declare class Unsupported extends PhoenixError {}
/** A bug in libphoenix; please report it. */
export declare class Internal extends PhoenixError {}

/** The methods of these names, as promises that do not hold up the loop. */
export type Promised<T, Names extends keyof T> = {
  [Name in Names]: T[Name] extends (...given: infer Given) => infer Result
    ? (...given: Given) => Promise<Result> : never;
};

export type Json = { [name: string]: any };
/** A Date, or nanoseconds since 1970. */
export type Time = Date | bigint;
export type Bytes = ArrayBufferView | ArrayBuffer | string;
export type Path = string | URL;
export type Order = 'newest' | 'oldest';
export type Kind = 'UNKNOWN' | 'TOOL' | 'CHAIN' | 'LLM' | 'RETRIEVER' |
  'EMBEDDING' | 'AGENT' | 'RERANKER' | 'EVALUATOR' | 'GUARDRAIL' | 'PROMPT';
export type Status = 'UNSET' | 'OK' | 'ERROR';
export type Format = 'otlp' | 'otlp-json' | 'spans-json' | 'logs' | 'logs-json' |
  'atif';

/** A query: each `for` runs it anew, a page of rows in memory at a time. */
export declare class Rows<R> {
  protected constructor();
  readonly store: Store;
  readonly promises: Promised<this, 'first' | 'all'>;
  /** The first, or undefined if there is none. */
  first(): R | undefined;
  all(): R[];
  [Symbol.iterator](): Generator<R, void>;
  [Symbol.asyncIterator](): AsyncGenerator<R, void>;
}

export type Value = null | number | bigint | string | Uint8Array;

/** Rows of one statement of SQL. */
export declare class Result<R> extends Rows<R> {
  readonly promises: Promised<this, 'first' | 'all' | 'columns'>;
  /** The names of the columns. */
  columns(): string[];
}

declare class Lent {
  readonly store: Store;
  /** What it holds; nanoseconds are texts. */
  toJSON(): Json;
}

declare class Row extends Lent {
  /** Its number in the store, among its kind; it goes up as they come. */
  readonly number: number;
}

declare class Timed extends Row {
  /** Nanoseconds since 1970. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** To the millisecond. */
  readonly startTime: Date;
  readonly endTime: Date;
  readonly latencyMs: number;
}

/** Where a span that a search found has its first word. */
export interface Match {
  /** "name", "llm.input_messages[0].message.content", ... */
  path: string;
  snippet: string;
  /** Of the word in the snippet. */
  mark: number;
}

/** A span as it was when it was read. */
export declare class Span extends Timed {
  protected constructor();
  readonly spanId: string;
  readonly traceId: string;
  readonly parentId: string | null;
  /** Its name. */
  readonly project: string;
  readonly name: string;
  readonly kind: Kind;
  readonly status: Status;
  readonly statusMessage: string;
  readonly traceState: string;
  /** Of an LLM span. */
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  /** Nested, flat or none, as was asked. */
  readonly attributes: Json;
  /** By their flat keys, whichever way they were read:
   * "llm.input_messages.0.message.role". */
  readonly flatAttributes: Json;
  /** Each with name, timestamp and attributes. */
  readonly events: Json[];
  /** Each with trace_id, span_id, trace_state and attributes. */
  readonly links: Json[];
  /** What a search found. */
  readonly match: Match | null;
  /** As its attributes give it. */
  readonly sessionId: string | null;
  trace(): Trace;
}

export declare class Trace extends Timed {
  protected constructor();
  readonly traceId: string;
  readonly spanCount: number;
  /** Its spans whose status is ERROR. */
  readonly errorCount: number;
  /** Of its LLM spans. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Its spans, oldest first. */
  spans(query?: SpanQuery): Rows<Span>;
  /** Its spans as a tree, in text. */
  tree(): string;
  [inspect.custom](): string;
}

/** Traces of one conversation. */
export declare class Session extends Timed {
  protected constructor();
  readonly sessionId: string;
  readonly traceCount: number;
  /** Its traces, oldest first. */
  traces(query?: TraceQuery): Rows<Trace>;
}

declare class Dated extends Row {
  readonly createdNs: bigint;
  readonly updatedNs: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export declare class Project extends Dated {
  protected constructor();
  readonly name: string;
  readonly description: string | null;
}

/** What is said of a span, a trace or a session. */
export declare class Annotation extends Dated {
  protected constructor();
  /** The hex id of a span or trace, or the name of a session. */
  readonly targetId: string;
  readonly name: string;
  /** Tells annotations of one name apart. */
  readonly identifier: string;
  readonly label: string | null;
  readonly score: number | null;
  readonly explanation: string | null;
  readonly metadata: Json;
  readonly annotator: 'HUMAN' | 'LLM' | 'CODE';
  readonly source: 'API' | 'APP';
  /** The place of the document it is of, if it is of one. */
  readonly document: number | null;
}

/** A span that is not as a rule of docs/testing.md says. */
export declare class Finding extends Lent {
  protected constructor();
  /** "token-sum"; never changes. */
  readonly rule: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly reason: string;
  readonly traceId: string;
  readonly spanId: string;
  /** The span's. */
  readonly name: string;
  /** The attribute's; "" if it is of the span. */
  readonly path: string;
  readonly message: string;
}

export interface SpanQuery {
  /** A condition: docs/filters.md. */
  filter?: string;
  /** Words and "phrases": docs/search.md. */
  search?: string;
  project?: string | Project;
  limit?: number;
  order?: Order;
  /** When they start. */
  start?: Time;
  /** Exclusive. */
  end?: Time;
  kinds?: Kind | Kind[];
  statuses?: Status | Status[];
  rootsOnly?: boolean;
  names?: string[];
  traceIds?: string[];
  spanIds?: string[];
  parentIds?: string[];
  /** "none" is faster. */
  attributes?: 'nested' | 'flat' | 'none';
}

export interface TraceQuery {
  filter?: string;
  search?: string;
  project?: string | Project;
  limit?: number;
  order?: Order;
  /** "number" is as they came. */
  sort?: 'number' | 'start' | 'latency';
  start?: Time;
  end?: Time;
  session?: Session;
}

export interface SessionQuery {
  filter?: string;
  project?: string | Project;
  limit?: number;
  order?: Order;
}

/** What became of a request's spans or log records. */
export interface Ingested {
  accepted: number;
  /** Known already: the first is kept. */
  duplicate: number;
  /** Such as have no id. */
  rejected: number;
}

export interface Said {
  label?: string;
  score?: number;
  explanation?: string;
  metadata?: Json;
  /** One with an equal name and identifier is replaced. */
  identifier?: string;
  annotator?: 'HUMAN' | 'LLM' | 'CODE';
  /** The place of a document that the span retrieved, if it is of that. */
  document?: number;
}
export type Target = Span | Trace | Session;
/** A target is a row; or its class and its hex id, or a session's name. */
export type Note = Said & { name: string; target: Target |
  [typeof Span | typeof Trace | typeof Session, string] };

/** What became of annotations whose targets may not have come. */
export interface Annotated {
  written: number;
  waiting: number;
  /** Waited too long, or of a document that the span has not. */
  dropped: number;
}

export interface StoreOptions {
  readOnly?: boolean;
  /** Whether an older store is brought up to date. */
  migrate?: boolean;
  /** Whether ingest compacts what is overdue. */
  compact?: boolean;
  /** Milliseconds to wait for another program's lock. */
  busyTimeout?: number;
  /** Of a new store: 0 keeps traces for ever. */
  retentionDays?: number;
}

export interface TracerOptions {
  project?: string;
  /** service.name of the resource. */
  service?: string;
  /** Of the instrumentation. */
  scope?: string;
  scopeVersion?: string;
  /** How many ended spans wait for a commit: 512 if none is given. */
  waiting?: number;
}

export interface LiveSpanOptions {
  /** "LLM", "TOOL", ... in any case. */
  kind?: string;
  attributes?: { [key: string]: unknown };
  /** A span, also one that has ended, or the traceparent of another program;
   * else the one that runs. */
  parent?: LiveSpan | string;
  tracestate?: string;
  /** Now if none is given. */
  start?: Time;
}

/** A span that was started. It ends by end(), or behind what it runs. */
export declare class LiveSpan implements Disposable {
  protected constructor();
  readonly tracer: Tracer;
  /** The headers of W3C trace context for a program that is called. */
  readonly traceparent: string;
  readonly tracestate: string;
  setStart(start: Time): void;
  /** Texts, numbers and booleans stay what they are; arrays and the like go as
   * JSON, and null takes the attribute away. */
  setAttribute(key: string, value: unknown): void;
  setAttributes(attributes: { [key: string]: unknown }): void;
  setKind(kind: string): void;
  setStatus(status: Status, message?: string): void;
  /** The next of the messages of an LLM span. */
  addMessage(list: 'input' | 'output', role: string, content: string): void;
  /** An event of now. */
  addEvent(name: string, attributes?: Json): void;
  addLink(traceparent: string, attributes?: Json): void;
  /** Adds the event "exception"; the status stays as it is. */
  recordException(error: unknown): void;
  /** If it has not ended. It is gone then, also if it throws because the store
   * failed. */
  end(end?: Time): void;
  /** What body returns; spans that start in it are below this one, which ends
   * then, or when the promise is settled. What is thrown is recorded, and the
   * status is ERROR. */
  run<T>(body: (span: this) => T): T;
  [Symbol.dispose](): void;
}

/** Starts spans for a store, without an SDK. Ended ones wait until their root
 * ends, 512 of them do, or for flush(); close() stores what waits. */
export declare class Tracer implements Disposable {
  constructor(store: Store, options?: TracerOptions);
  span(name: string, options?: LiveSpanOptions): LiveSpan;
  /** Stores all spans that have ended. */
  flush(): void;
  close(): void;
  [Symbol.dispose](): void;
}

export interface SqlOptions {
  /** Milliseconds. */
  timeout?: number;
  /** Bytes. */
  memory?: number;
}

/** A store of traces: a file, made if there is none, or ":memory:". */
export declare class Store implements Disposable, AsyncDisposable {
  constructor(path: Path, options?: StoreOptions);
  static open(path: Path, options?: StoreOptions): Promise<Store>;
  readonly url: string;
  readonly promises: Promised<this, 'ingest' | 'annotate' | 'annotateAll' |
    'annotateLater' | 'annotateWaiting' | 'delete' | 'span' | 'trace' | 'session' | 'project' | 'lint' | 'stats' |
    'compact' | 'backup' | 'save' | 'merge' | 'verify'>;
  /** Rows that are being read stay readable. */
  close(): void;
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
  /** Makes the calls that run now, on other threads, throw Interrupted. */
  interrupt(): void;

  /** Stores the spans or log records of a request; they are on disk then. A
   * project overrides that of each span. */
  ingest(data: Bytes,
    options?: { format?: Format; project?: string }): Ingested;
  /** Writes what is said of a span, trace or session; its number. */
  annotate(target: Target, name: string, said?: Said): number;
  /** All of them in one commit, or none; their numbers. */
  annotateAll(notes: Note[]): number[];
  /** The same, but a note whose target has not come waits for it, durably,
   * until annotateWaiting() finds it. */
  annotateLater(notes: Note[]): Annotated;
  /** Writes what waits and has its target now; drops the rest of what came
   * before a time. */
  annotateWaiting(before?: Time): Annotated;
  /** Deletes it with all that belongs to it. */
  delete(what: Project | Target): void;

  spans(query?: SpanQuery): Rows<Span>;
  traces(query?: TraceQuery): Rows<Trace>;
  sessions(query?: SessionQuery): Rows<Session>;
  /** Newest first; case does not matter. */
  projects(query?: { nameContains?: string; limit?: number }): Rows<Project>;
  /** Newest first: of one, or of all of a class; of the documents of spans. */
  annotations(
    target?: Target | typeof Span | typeof Trace | typeof Session,
    query?: { names?: string[]; project?: string | Project; limit?: number;
      documents?: boolean }): Rows<Annotation>;
  /** One statement that reads, see docs/sql.md; values are those of ?1, ... */
  sql(statement: string, values: (Value | boolean | undefined)[],
    options: SqlOptions & { arrays: true }): Result<Value[]>;
  sql(statement: string, values?: (Value | boolean | undefined)[],
    options?: SqlOptions): Result<{ [column: string]: Value }>;

  /** The one with an id or a name, or NotFound. */
  span(spanId: string): Span;
  trace(traceId: string): Trace;
  session(sessionId: string): Session;
  project(name: string): Project;
  /** Where stored spans break the conventions, or those of a request, which is
   * not stored: docs/testing.md. */
  lint(data?: Bytes, options?: { format?: Format }): Finding[];

  /** Counts of rows and bytes. */
  stats(): { spans: number; traces: number; sessions: number;
    projects: number; blocks: number; youngBlocks: number; bytes: number;
    freeBytes: number; deleted: number; logBytes: number };
  /** Works for about so many ms, or does what is overdue; whether something is
   * left to do. */
  compact(budget?: number): boolean;
  /** Copies the store as it is to a new file, while it is used. */
  backup(path: Path): void;
  /** Writes the traces of these spans, or all, to a new file: a store. */
  save(path: Path, spans?: Rows<Span>): void;
  /** Takes in what another store's file has and this one lacks. */
  merge(path: Path): Ingested;
  /** Reads all of it and throws Corrupt for the first fault. */
  verify(): void;
}
