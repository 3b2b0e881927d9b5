// Generated from phoenix.h by bindings/generate.
import type { IKoffiCType, KoffiFunction } from 'koffi';

/** 64 bits: a bigint where a number would not be exact. */
export type Int64 = number | bigint;
/** An address: a handle, or what koffi makes of bytes. */
export type Pointer = unknown;
/** A call, and the same on another thread: `.async(..., (error, result) => {})`. */
export type Call<F extends (...given: any[]) => unknown> = F & KoffiFunction;

export declare const constants: {
  readonly PHX_VERSION_MAJOR: 0;
  readonly PHX_VERSION_MINOR: 1;
  readonly PHX_VERSION_PATCH: 0;
  readonly PHX_VERSION: 1000;
  readonly ARROW_FLAG_DICTIONARY_ORDERED: 1;
  readonly ARROW_FLAG_NULLABLE: 2;
  readonly ARROW_FLAG_MAP_KEYS_SORTED: 4;
  readonly PHX_OK: 0;
  /**
   * no more rows or work; not a failure
   */
  readonly PHX_DONE: 1;
  /**
   * an expectation is not met; not a failure
   */
  readonly PHX_UNMET: 2;
  /**
   * nothing changed; free something and try again
   */
  readonly PHX_NO_MEMORY: -1;
  /**
   * the call broke a rule of this file
   */
  readonly PHX_MISUSE: -2;
  /**
   * the data given is malformed; see err->offset
   */
  readonly PHX_INVALID: -3;
  /**
   * nothing has that name or id
   */
  readonly PHX_NOT_FOUND: -4;
  /**
   * it exists, or changed since you read it
   */
  readonly PHX_CONFLICT: -5;
  /**
   * a documented limit was passed
   */
  readonly PHX_TOO_BIG: -6;
  /**
   * another writer holds the store; try again
   */
  readonly PHX_BUSY: -7;
  /**
   * phx_store_interrupt() was called
   */
  readonly PHX_INTERRUPTED: -8;
  /**
   * disk or network failed; see err->os_code
   */
  readonly PHX_IO: -9;
  /**
   * the store holds what was never written
   */
  readonly PHX_CORRUPT: -10;
  /**
   * not in this build, or the store is newer
   */
  readonly PHX_UNSUPPORTED: -11;
  /**
   * a bug in libphoenix; please report it
   */
  readonly PHX_INTERNAL: -12;
  /**
   * an ExportTraceServiceRequest
   */
  readonly PHX_OTLP_PROTOBUF: 0;
  /**
   * the same as OTLP/JSON
   */
  readonly PHX_OTLP_JSON: 1;
  /**
   * {"data": [span ...]} as REST shows spans
   */
  readonly PHX_SPAN_JSON: 2;
  /**
   * an ExportLogsServiceRequest
   */
  readonly PHX_LOGS_PROTOBUF: 3;
  /**
   * the same as OTLP/JSON
   */
  readonly PHX_LOGS_JSON: 4;
  /**
   * an ExportMetricsServiceRequest, ...
   */
  readonly PHX_METRICS_PROTOBUF: 5;
  /**
   * ... of which nothing is kept
   */
  readonly PHX_METRICS_JSON: 6;
  /**
   * an agent trajectory, ATIF-v1, or a JSON array of them
   */
  readonly PHX_ATIF: 7;
  readonly PHX_SPAN_UNSET: 0;
  readonly PHX_SPAN_OK: 1;
  readonly PHX_SPAN_ERROR: 2;
  /**
   * beside a writing process, too
   */
  readonly PHX_OPEN_READ_ONLY: 1;
  /**
   * an older store is UNSUPPORTED
   */
  readonly PHX_OPEN_NO_MIGRATE: 2;
  /**
   * ingest leaves phx_store_compact to the host
   */
  readonly PHX_OPEN_NO_COMPACT: 4;
  readonly PHX_INPUT_MESSAGES: 0;
  readonly PHX_OUTPUT_MESSAGES: 1;
  readonly PHX_PROJECT: 1;
  readonly PHX_TRACE: 2;
  readonly PHX_SESSION: 3;
  readonly PHX_SPAN: 4;
  readonly PHX_SPAN_ANNOTATION: 0;
  readonly PHX_TRACE_ANNOTATION: 1;
  readonly PHX_SESSION_ANNOTATION: 2;
  /**
   * of one document that a span retrieved
   */
  readonly PHX_DOCUMENT_ANNOTATION: 3;
  readonly PHX_ANNOTATOR_LLM: 0;
  readonly PHX_ANNOTATOR_CODE: 1;
  readonly PHX_ANNOTATOR_HUMAN: 2;
  readonly PHX_SOURCE_API: 0;
  readonly PHX_SOURCE_APP: 1;
  readonly PHX_CATEGORICAL: 0;
  readonly PHX_CONTINUOUS: 1;
  readonly PHX_FREEFORM: 2;
  /**
   * of PHX_FREEFORM only
   */
  readonly PHX_NO_DIRECTION: 0;
  readonly PHX_MINIMIZE: 1;
  readonly PHX_MAXIMIZE: 2;
  readonly PHX_NEITHER: 3;
  readonly PHX_LOWER_BOUND: 1;
  readonly PHX_UPPER_BOUND: 2;
  readonly PHX_THRESHOLD: 4;
  readonly PHX_MOST_CHOICES: 1000;
  /**
   * makes the dataset: CONFLICT if there is one
   */
  readonly PHX_DATASET_CREATE: 0;
  /**
   * nothing
   */
  readonly PHX_DATASET_APPEND: 1;
  /**
   * deletes what is not among the items
   */
  readonly PHX_DATASET_UPDATE: 2;
  readonly PHX_MUSTACHE: 0;
  readonly PHX_F_STRING: 1;
  readonly PHX_NO_FORMAT: 2;
  readonly PHX_PROMPT_DESCRIPTION: 1;
  readonly PHX_PROMPT_METADATA: 2;
  readonly PHX_MOST_REPETITIONS: 10000;
  readonly PHX_CLEAR_DESCRIPTION: 1;
  readonly PHX_BY_EXAMPLE: 2;
  readonly PHX_RUN_CONTENT: 1;
  readonly PHX_RUN_EVALUATIONS: 2;
  readonly PHX_MAX_DAYS: 1;
  readonly PHX_MAX_COUNT: 2;
  /**
   * by number, the last stored first
   */
  readonly PHX_NEWEST_FIRST: 0;
  readonly PHX_OLDEST_FIRST: 1;
  /**
   * {"llm": {"model_name": ...}}
   */
  readonly PHX_ATTRIBUTES_NESTED: 0;
  /**
   * {"llm.model_name": ...}, as REST lists them, the kind apart: see kind_attribute
   */
  readonly PHX_ATTRIBUTES_FLAT: 1;
  /**
   * no attributes, events, links: faster
   */
  readonly PHX_ATTRIBUTES_NONE: 2;
  readonly PHX_SPAN_TOTALS: 1;
  readonly PHX_BY_NUMBER: 0;
  readonly PHX_BY_START: 1;
  readonly PHX_BY_LATENCY: 2;
  readonly PHX_TREE_ANY_ORDER: 1;
  readonly PHX_BELOW_DIRECTLY: 1;
  readonly PHX_LINT_INFO: 0;
  readonly PHX_LINT_WARNING: 1;
  readonly PHX_LINT_ERROR: 2;
  /**
   * one row for all
   */
  readonly PHX_BIN_NONE: 0;
  readonly PHX_BIN_MINUTE: 1;
  readonly PHX_BIN_HOUR: 2;
  readonly PHX_BIN_DAY: 3;
  readonly PHX_BIN_WEEK: 4;
  readonly PHX_BIN_MONTH: 5;
  readonly PHX_BIN_YEAR: 6;
  /**
   * first_input, last_output
   */
  readonly PHX_ROLLUP_TEXTS: 1;
  /**
   * exceptions: reads the events of failed spans
   */
  readonly PHX_ROLLUP_EXCEPTIONS: 2;
  readonly PHX_FILTER_SPANS: 0;
  readonly PHX_FILTER_TRACES: 1;
  readonly PHX_FILTER_SESSIONS: 2;
  readonly PHX_WORD_FIELD: 0;
  readonly PHX_WORD_FUNCTION: 1;
  /**
   * what a loop runs over
   */
  readonly PHX_WORD_ITERABLE: 2;
  /**
   * a name that some annotation has
   */
  readonly PHX_WORD_ANNOTATION: 3;
  /**
   * a path that some span has
   */
  readonly PHX_WORD_ATTRIBUTE: 4;
  readonly PHX_TYPE_BOOLEAN: 0;
  readonly PHX_TYPE_NUMBER: 1;
  readonly PHX_TYPE_TEXT: 2;
  readonly PHX_TYPE_TIME: 3;
  /**
   * an attribute: each span has its own
   */
  readonly PHX_TYPE_ANY: 4;
  /**
   * stands right of `in` only
   */
  readonly PHX_TYPE_TEXTS: 5;
  /**
   * is compared with None only
   */
  readonly PHX_TYPE_THING: 6;
  readonly PHX_EVERY_SPAN: 0;
  /**
   * and those whose parent is not stored
   */
  readonly PHX_ROOTS: 1;
  /**
   * those without a parent id
   */
  readonly PHX_STRICT_ROOTS: 2;
  /**
   * as pandas reads it: its orient is "table"
   */
  readonly PHX_FRAME_JSON: 0;
  /**
   * an Arrow IPC stream with metadata of pandas
   */
  readonly PHX_FRAME_ARROW: 1;
  /**
   * what is no text as JSON
   */
  readonly PHX_COLUMN_TEXT: 0;
  /**
   * 64 bits; what is no integer is null
   */
  readonly PHX_COLUMN_INT: 1;
  /**
   * a double, also of an integer
   */
  readonly PHX_COLUMN_REAL: 2;
  readonly PHX_COLUMN_BOOL: 3;
  /**
   * Arrow IPC, streaming
   */
  readonly PHX_ARROW_STREAM: 0;
  readonly PHX_PARQUET: 1;
  /**
   * attributes and events are JSON in it
   */
  readonly PHX_JSON_LINES: 2;
  /**
   * as RFC 4180, with a line of names
   */
  readonly PHX_CSV: 3;
  readonly PHX_NULL: 0;
  readonly PHX_INTEGER: 1;
  readonly PHX_REAL: 2;
  readonly PHX_TEXT: 3;
  readonly PHX_BYTES: 4;
};

/**
 * 512 bytes
 */
export interface phx_error {
  /**
   * what the call returned
   */
  status: number;
  /**
   * errno or the database's own code; 0 if none
   */
  os_code: number;
  /**
   * input byte, or array index, at fault; -1 if none
   */
  offset: Int64;
  /**
   * one English sentence, ends in a NUL
   */
  message: string;
}

/**
 * Borrowed bytes. data NULL means absent, which is not the same as empty.
 */
export interface phx_text {
  data: Pointer;
  /**
   * bytes, without the NUL
   */
  size: Int64;
}

/**
 * Bytes the library writes for the caller, who may reuse it and frees it.
 */
export interface phx_buf {
  /**
   * ends in a NUL; NULL until first written
   */
  data: Pointer;
  /**
   * bytes, without the NUL
   */
  size: Int64;
  capacity: Int64;
}

/**
 * Where a span that a search found has its first word.
 */
export interface phx_match {
  /**
   * of the text: "name", "status_message", or that of an attribute: "llm.input_messages[0].message.content"
   */
  path: phx_text;
  /**
   * of the word in the text, bytes
   */
  offset: Int64;
  /**
   * of the word there, bytes
   */
  size: Int64;
  /**
   * the word and up to 64 bytes on each side of it, whole characters
   */
  snippet: phx_text;
  /**
   * offset of the word in the snippet
   */
  mark: Int64;
}

/**
 * One span, lent. Times are nanoseconds since 1970-01-01 UTC.
 */
export interface phx_span {
  /**
   * its number in the store; 0 until stored
   */
  id: Int64;
  /**
   * its trace's; 0 until stored
   */
  trace: Int64;
  /**
   * its session's; 0 if none
   */
  session: Int64;
  /**
   * its project's; 0 until stored
   */
  project_id: Int64;
  /**
   * ns
   */
  start_time: Int64;
  /**
   * ns
   */
  end_time: Int64;
  /**
   * -1 if not an LLM span
   */
  prompt_tokens: Int64;
  /**
   * -1 if not an LLM span
   */
  completion_tokens: Int64;
  /**
   * PHX_SPAN_...
   */
  status: number;
  /**
   * W3C trace flags as sent
   */
  flags: number;
  /**
   * lower-case hex of the bytes sent, mostly 16
   */
  trace_id: phx_text;
  /**
   * the same, mostly of 8 bytes
   */
  span_id: phx_text;
  /**
   * the same; absent for a root
   */
  parent_id: phx_text;
  /**
   * name
   */
  project: phx_text;
  /**
   * as a span of a batch gives it; else absent
   */
  session_id: phx_text;
  name: phx_text;
  /**
   * "LLM", "CHAIN", "TOOL", ... or "UNKNOWN"
   */
  kind: phx_text;
  status_message: phx_text;
  trace_state: phx_text;
  /**
   * JSON object, as the query asks for it
   */
  attributes: phx_text;
  /**
   * JSON array of {name, timestamp, attributes}
   */
  events: phx_text;
  /**
   * JSON: the attribute openinference.span.kind as sent, which flat attributes leave out; absent if there is none
   */
  kind_attribute: phx_text;
  /**
   * with those of all spans below it in its
   */
  cumulative_prompt_tokens: Int64;
  /**
   * trace, if PHX_SPAN_TOTALS is asked
   */
  cumulative_completion_tokens: Int64;
  /**
   * the same in USD; NaN without a price
   */
  cumulative_cost: number;
  /**
   * NULL without a search
   */
  match: phx_match;
  /**
   * JSON array of {trace_id, span_id, trace_state, attributes}
   */
  links: phx_text;
}

export interface phx_store_options {
  size: Int64;
  /**
   * PHX_OPEN_..., or-ed
   */
  flags: number;
  /**
   * ms to wait for another program's lock
   */
  busy_timeout: number;
  /**
   * name of a registered SQLite VFS; NULL: default
   */
  sqlite_vfs: Pointer;
  /**
   * of the default retention policy, once, when the store gets it; 0: traces are kept for ever
   */
  retention_days: Int64;
}

export interface phx_ingest_report {
  /**
   * spans or records stored
   */
  accepted: Int64;
  /**
   * spans whose id was known, records that were there; the first is kept
   */
  duplicate: Int64;
  /**
   * those left out, see phx_batch_decode
   */
  rejected: Int64;
}

export interface phx_store_stats {
  /**
   * rows kept, deleted ones that are not swept too
   */
  spans: Int64;
  traces: Int64;
  sessions: Int64;
  projects: Int64;
  blocks: Int64;
  /**
   * not rewritten yet
   */
  young_blocks: Int64;
  /**
   * of the file and its log
   */
  bytes: Int64;
  /**
   * of the file, for use again
   */
  free_bytes: Int64;
  /**
   * rows of projects, traces, spans to be swept
   */
  deleted: Int64;
  /**
   * of bytes, those in the log
   */
  log_bytes: Int64;
}

export interface phx_tracer_options {
  size: Int64;
  /**
   * name; NULL: "default"
   */
  project: Pointer;
  /**
   * service.name of the resource; or NULL
   */
  service: Pointer;
  /**
   * name of the instrumentation scope; or NULL
   */
  scope: Pointer;
  /**
   * or NULL
   */
  scope_version: Pointer;
  /**
   * ended spans that wait for a commit, at most; 0: 512
   */
  waiting: Int64;
}

export interface phx_project {
  id: Int64;
  /**
   * ns
   */
  created_at: Int64;
  /**
   * ns
   */
  updated_at: Int64;
  name: phx_text;
  /**
   * or absent
   */
  description: phx_text;
  /**
   * for retention; 0: the default one
   */
  policy: Int64;
  /**
   * whose it is; 0 for none
   */
  experiment: Int64;
}

/**
 * Totals are of the spans whose kind is LLM. Times grow with the spans that come,
 * and stay when one of them is deleted, as of a session and its traces.
 */
export interface phx_trace {
  id: Int64;
  project: Int64;
  /**
   * 0 if none
   */
  session: Int64;
  /**
   * ns, the earliest of its spans
   */
  start_time: Int64;
  /**
   * ns, the latest
   */
  end_time: Int64;
  spans: Int64;
  /**
   * spans whose status is ERROR
   */
  errors: Int64;
  prompt_tokens: Int64;
  completion_tokens: Int64;
  /**
   * hex
   */
  trace_id: phx_text;
}

export interface phx_session {
  id: Int64;
  project: Int64;
  /**
   * ns
   */
  start_time: Int64;
  /**
   * ns
   */
  end_time: Int64;
  traces: Int64;
  /**
   * as the host gave it
   */
  session_id: phx_text;
}

/**
 * An annotation to write. Names, identifiers and labels have up to 4,096
 * bytes, explanations and metadata up to 1 MiB.
 */
export interface phx_annotation_item {
  /**
   * number of a span, trace or session; or 0 and
   */
  target: Int64;
  /**
   * a hex id of a span or trace, a session's name
   */
  target_id: phx_text;
  /**
   * one byte or more
   */
  name: phx_text;
  /**
   * tells annotations of one name apart; absent: ""
   */
  identifier: phx_text;
  /**
   * or absent
   */
  label: phx_text;
  /**
   * or absent
   */
  explanation: phx_text;
  /**
   * a JSON object; absent: {}
   */
  metadata: phx_text;
  /**
   * number of a user; 0 for none
   */
  author: Int64;
  /**
   * finite; counts if has_score is 1
   */
  score: number;
  has_score: number;
  /**
   * PHX_SPAN_ANNOTATION ...
   */
  kind: number;
  /**
   * of a document, from 0; else 0
   */
  position: number;
  /**
   * PHX_ANNOTATOR_...
   */
  annotator: number;
  /**
   * PHX_SOURCE_...
   */
  source: number;
  /**
   * 0, for later use
   */
  flags: number;
}

export interface phx_annotate_report {
  /**
   * found their targets
   */
  written: Int64;
  /**
   * their targets have not come
   */
  waiting: Int64;
  /**
   * waited too long, or are of a document that the span has not
   */
  dropped: Int64;
}

export interface phx_annotation {
  /**
   * its number among those of its kind
   */
  id: Int64;
  /**
   * number of the span, trace or session
   */
  target: Int64;
  /**
   * of the span; 0 of a session
   */
  trace: Int64;
  project: Int64;
  /**
   * 0 for none
   */
  author: Int64;
  /**
   * ns, of whole us
   */
  created_at: Int64;
  updated_at: Int64;
  /**
   * 0 without one
   */
  score: number;
  has_score: number;
  kind: number;
  /**
   * of a document; else -1
   */
  position: number;
  annotator: number;
  source: number;
  /**
   * hex, or a session's name
   */
  target_id: phx_text;
  name: phx_text;
  identifier: phx_text;
  /**
   * or absent
   */
  label: phx_text;
  /**
   * or absent
   */
  explanation: phx_text;
  /**
   * JSON object, as it was sent
   */
  metadata: phx_text;
}

/**
 * All that is given must hold; of the values of one list, any. At most 30,000
 * values in all.
 */
export interface phx_annotation_query {
  size: Int64;
  /**
   * 0 for all
   */
  project: Int64;
  /**
   * one number; 0 for all
   */
  only: Int64;
  /**
   * the first number that may come; 0 for no bound
   */
  from: Int64;
  /**
   * ns, inclusive, of created_at; 0 for no bound
   */
  start_time: Int64;
  /**
   * ns, exclusive; 0 for no bound
   */
  end_time: Int64;
  /**
   * rows; 0 for no limit
   */
  limit: Int64;
  /**
   * PHX_SPAN_ANNOTATION ...
   */
  kind: number;
  /**
   * 1 << PHX_ANNOTATOR_..., or-ed; 0: all
   */
  annotators: number;
  /**
   * [target_count] numbers
   */
  targets: Pointer;
  target_count: Int64;
  /**
   * hex, or names of sessions
   */
  target_ids: phx_text;
  target_id_count: Int64;
  identifiers: phx_text;
  identifier_count: Int64;
  names: phx_text;
  name_count: Int64;
  /**
   * none of these
   */
  not_names: phx_text;
  not_name_count: Int64;
}

export interface phx_annotation_config {
  id: Int64;
  /**
   * of the score, below the upper one
   */
  lower_bound: number;
  upper_bound: number;
  threshold: number;
  /**
   * PHX_CATEGORICAL ...
   */
  type: number;
  /**
   * PHX_MINIMIZE ...
   */
  direction: number;
  /**
   * PHX_LOWER_BOUND ..., or-ed: those it has, which a categorical one has not; a threshold only a freeform
   */
  bounds: number;
  name: phx_text;
  /**
   * or absent
   */
  description: phx_text;
  /**
   * JSON of a categorical one, else absent: [{"label": "good", "score": 1.0}, ...], each label once, scores may be null
   */
  choices: phx_text;
}

export interface phx_config_query {
  size: Int64;
  /**
   * whose; 0 for all
   */
  project: Int64;
  /**
   * one number; 0 for all
   */
  only: Int64;
  /**
   * the first number that may come; 0 for no bound
   */
  from: Int64;
  /**
   * rows; 0 for no limit
   */
  limit: Int64;
  /**
   * or absent
   */
  name: phx_text;
}

/**
 * An example as it is to be. Objects have up to 16 MiB, ids 4,096 bytes.
 */
export interface phx_example_item {
  /**
   * a JSON object; absent: {}
   */
  input: phx_text;
  /**
   * the same
   */
  output: phx_text;
  /**
   * the same
   */
  metadata: phx_text;
  /**
   * the sender's own, unique in the dataset; or absent
   */
  external_id: phx_text;
  /**
   * number of one that is there; or 0
   */
  example: Int64;
  /**
   * hex, what a new one is from; a span that is not there is none; or absent
   */
  span_id: phx_text;
  /**
   * JSON array of names: those it is in, all of them, made where they are not there; absent: as they are
   */
  splits: phx_text;
}

export interface phx_dataset_change {
  dataset: Int64;
  /**
   * the newest
   */
  version: Int64;
  /**
   * examples
   */
  created: Int64;
  updated: Int64;
  deleted: Int64;
}

export interface phx_dataset {
  id: Int64;
  /**
   * ns, of whole us
   */
  created_at: Int64;
  /**
   * of the newest version
   */
  updated_at: Int64;
  first_version: Int64;
  /**
   * the newest
   */
  version: Int64;
  versions: Int64;
  /**
   * of the newest
   */
  examples: Int64;
  name: phx_text;
  /**
   * or absent
   */
  description: phx_text;
  /**
   * JSON object
   */
  metadata: phx_text;
}

export interface phx_dataset_version {
  id: Int64;
  dataset: Int64;
  /**
   * ns, of whole us
   */
  created_at: Int64;
  examples: Int64;
  /**
   * hex: equal in any store for equal examples with equal external ids, whatever their order and numbers
   */
  hash: phx_text;
}

export interface phx_example {
  id: Int64;
  /**
   * that it is from
   */
  version: Int64;
  /**
   * ns, when that was made
   */
  updated_at: Int64;
  /**
   * or absent
   */
  external_id: phx_text;
  /**
   * JSON objects, as they were sent
   */
  input: phx_text;
  output: phx_text;
  metadata: phx_text;
  /**
   * hex: Phoenix's, which takes 1 for 1.0 and integers past 2^53 for the double next to them
   */
  hash: phx_text;
  /**
   * hex: of every digit
   */
  strict_hash: phx_text;
  /**
   * that it is from; or 0
   */
  span: Int64;
  /**
   * hex; or absent
   */
  span_id: phx_text;
  /**
   * JSON array of the names of those it is in now
   */
  splits: phx_text;
}

/**
 * A split is a part of every dataset, by name. What is in it belongs to the
 * versions: the splits of a version are those that it had when the next came.
 */
export interface phx_split {
  id: Int64;
  /**
   * ns, of whole us
   */
  created_at: Int64;
  updated_at: Int64;
  /**
   * in it now, of the dataset that was asked for
   */
  examples: Int64;
  name: phx_text;
  /**
   * or absent
   */
  description: phx_text;
  color: phx_text;
  /**
   * JSON object
   */
  metadata: phx_text;
}

/**
 * A mark on datasets.
 */
export interface phx_dataset_label {
  id: Int64;
  name: phx_text;
  /**
   * or absent
   */
  description: phx_text;
  color: phx_text;
}

export interface phx_prompt {
  id: Int64;
  /**
   * ns, of whole us
   */
  created_at: Int64;
  /**
   * of its newest version, or of a change of it
   */
  updated_at: Int64;
  /**
   * the prompt that it was made from; or 0
   */
  source: Int64;
  /**
   * the newest
   */
  version: Int64;
  versions: Int64;
  /**
   * a-z and 0-9, and within it - and _
   */
  name: phx_text;
  /**
   * or absent
   */
  description: phx_text;
  /**
   * JSON object
   */
  metadata: phx_text;
}

export interface phx_prompt_version {
  id: Int64;
  prompt: Int64;
  /**
   * ns, of whole us
   */
  created_at: Int64;
  /**
   * JSON object, as phx_prompt_check gives it
   */
  body: phx_text;
}

export interface phx_prompt_tag {
  id: Int64;
  prompt: Int64;
  /**
   * that it points to
   */
  version: Int64;
  /**
   * ns, of whole us
   */
  updated_at: Int64;
  /**
   * as a prompt's; unique in the prompt
   */
  name: phx_text;
  /**
   * or absent
   */
  description: phx_text;
}

/**
 * An experiment to make. Names have up to 4,096 bytes, other texts 16 MiB.
 */
export interface phx_experiment_item {
  size: Int64;
  dataset: Int64;
  /**
   * 0 for the newest
   */
  version: Int64;
  /**
   * of each example, up to PHX_MOST_REPETITIONS
   */
  repetitions: Int64;
  /**
   * absent or empty: made of the dataset's
   */
  name: phx_text;
  /**
   * or absent
   */
  description: phx_text;
  /**
   * a JSON object; absent: {}
   */
  metadata: phx_text;
  /**
   * of the program, a JSON object; absent: {}
   */
  parameters: phx_text;
  /**
   * what is to judge it, a JSON array; absent: []
   */
  evaluators: phx_text;
  /**
   * of the version, these, and those that are in one of the splits now; both NULL: all
   */
  examples: Pointer;
  example_count: Int64;
  splits: Pointer;
  split_count: Int64;
}

/**
 * A run to write. Times are kept to the us.
 */
export interface phx_run_item {
  example: Int64;
  /**
   * from 1 on, perhaps past those that were planned
   */
  repetition: Int64;
  /**
   * ns
   */
  start_time: Int64;
  end_time: Int64;
  /**
   * JSON, up to 16 MiB; absent: null
   */
  output: phx_text;
  /**
   * of a run that failed, up to 1 MiB; else absent
   */
  error: phx_text;
  /**
   * up to 4,096 bytes; or absent
   */
  trace_id: phx_text;
}

/**
 * What is said of a run. Names, labels and ids have up to 4,096 bytes, other
 * texts 1 MiB.
 */
export interface phx_evaluation_item {
  run: Int64;
  /**
   * ns, kept to the us
   */
  start_time: Int64;
  end_time: Int64;
  /**
   * finite; counts if has_score is 1
   */
  score: number;
  has_score: number;
  /**
   * PHX_ANNOTATOR_...
   */
  annotator: number;
  /**
   * one byte or more
   */
  name: phx_text;
  /**
   * or absent
   */
  label: phx_text;
  /**
   * or absent
   */
  explanation: phx_text;
  /**
   * of an evaluation that failed; or absent
   */
  error: phx_text;
  /**
   * or absent
   */
  trace_id: phx_text;
  /**
   * a JSON object; absent: {}
   */
  metadata: phx_text;
}

export interface phx_experiment {
  id: Int64;
  dataset: Int64;
  version: Int64;
  repetitions: Int64;
  examples: Int64;
  /**
   * that were written
   */
  runs: Int64;
  /**
   * those of them with an error
   */
  failed: Int64;
  /**
   * ns, of whole us
   */
  created_at: Int64;
  updated_at: Int64;
  name: phx_text;
  /**
   * or absent
   */
  description: phx_text;
  /**
   * the name of the one for its traces
   */
  project: phx_text;
  /**
   * JSON, as it was given
   */
  metadata: phx_text;
  parameters: phx_text;
  evaluators: phx_text;
}

export interface phx_experiment_query {
  size: Int64;
  /**
   * 0 for all
   */
  dataset: Int64;
  /**
   * one number; 0 for all
   */
  only: Int64;
  /**
   * the first number that may come; 0 for no bound
   */
  from: Int64;
  /**
   * rows; 0 for no limit
   */
  limit: Int64;
}

export interface phx_evaluation {
  id: Int64;
  run: Int64;
  /**
   * ns, of whole us
   */
  start_time: Int64;
  end_time: Int64;
  /**
   * 0 without one
   */
  score: number;
  has_score: number;
  annotator: number;
  name: phx_text;
  /**
   * or absent
   */
  label: phx_text;
  /**
   * or absent
   */
  explanation: phx_text;
  /**
   * or absent
   */
  error: phx_text;
  /**
   * or absent
   */
  trace_id: phx_text;
  /**
   * JSON object
   */
  metadata: phx_text;
}

export interface phx_run {
  id: Int64;
  experiment: Int64;
  example: Int64;
  repetition: Int64;
  /**
   * ns, of whole us
   */
  start_time: Int64;
  end_time: Int64;
  /**
   * JSON, as it was given
   */
  output: phx_text;
  /**
   * or absent
   */
  error: phx_text;
  /**
   * or absent
   */
  trace_id: phx_text;
  /**
   * the example as it was; NULL if unasked
   */
  content: phx_example;
  /**
   * [evaluation_count], by number
   */
  evaluations: phx_evaluation;
  evaluation_count: Int64;
  /**
   * [missing_count] of the query's evaluators
   */
  missing: phx_text;
  missing_count: Int64;
}

export interface phx_run_query {
  size: Int64;
  experiment: Int64;
  /**
   * the first number that may come; 0 for no bound
   */
  from: Int64;
  /**
   * rows; 0 for no limit
   */
  limit: Int64;
  /**
   * PHX_NEWEST_FIRST, PHX_OLDEST_FIRST or PHX_BY_EXAMPLE
   */
  order: number;
  /**
   * PHX_RUN_..., or-ed: what comes with a run
   */
  flags: number;
  /**
   * names: only runs without an error for which an evaluation of one of these is missing, or has an error
   */
  evaluators: phx_text;
  evaluator_count: Int64;
}

/**
 * What is left to do of an example.
 */
export interface phx_incomplete_run {
  content: phx_example;
  /**
   * [repetition_count] that have not succeeded
   */
  repetitions: Pointer;
  repetition_count: Int64;
}

export interface phx_experiment_tag {
  id: Int64;
  dataset: Int64;
  experiment: Int64;
  name: phx_text;
  /**
   * or absent
   */
  description: phx_text;
}

/**
 * A trace is due if one limit does not keep it. Times are those of its start.
 */
export interface phx_retention_rule {
  /**
   * PHX_MAX_DAYS, PHX_MAX_COUNT, or-ed: those it has
   */
  limits: number;
  /**
   * traces that started earlier are due; 0: none is
   */
  max_days: number;
  /**
   * of a project, all but the newest; 0: none is
   */
  max_count: Int64;
}

/**
 * Policy 0 is the default one: of projects without another, and for ever.
 */
export interface phx_retention_policy {
  id: Int64;
  /**
   * that have it
   */
  projects: Int64;
  name: phx_text;
  /**
   * "0 HOURS * * WEEKDAYS" in UTC, Sunday is 0: each * or n, n-n, with /step, or several with commas
   */
  cron: phx_text;
  rule: phx_retention_rule;
}

/**
 * One test of a span's attribute: equal, and of equal type, except that an
 * integer finds a float of its value, too.
 */
export interface phx_attribute_test {
  /**
   * "metadata.tier": member names joined by dots
   */
  path: Pointer;
  /**
   * a JSON text, number or boolean
   */
  json: phx_text;
}

/**
 * All that is given must hold; of the values of one list, any.
 */
export interface phx_span_query {
  size: Int64;
  /**
   * 0 for all
   */
  project: Int64;
  /**
   * the first number that may come; 0 for no bound
   */
  from: Int64;
  /**
   * ns, inclusive; 0 for no bound
   */
  start_time: Int64;
  /**
   * ns, exclusive; 0 for no bound
   */
  end_time: Int64;
  /**
   * rows; 0 for no limit
   */
  limit: Int64;
  /**
   * PHX_NEWEST_FIRST or PHX_OLDEST_FIRST
   */
  order: number;
  /**
   * PHX_ATTRIBUTES_...
   */
  attributes: number;
  /**
   * 1 << index into phx_kind_name, or-ed; 0: all
   */
  kinds: number;
  /**
   * 1 << PHX_SPAN_..., or-ed; 0: all
   */
  statuses: number;
  /**
   * 1 for spans without a parent id
   */
  roots_only: number;
  /**
   * PHX_SPAN_TOTALS or 0
   */
  flags: number;
  /**
   * hex [trace_id_count]
   */
  trace_ids: phx_text;
  trace_id_count: Int64;
  /**
   * hex
   */
  span_ids: phx_text;
  span_id_count: Int64;
  /**
   * hex
   */
  parent_ids: phx_text;
  parent_id_count: Int64;
  names: phx_text;
  name_count: Int64;
  /**
   * all must hold
   */
  tests: phx_attribute_test;
  test_count: Int64;
  /**
   * a condition on spans, see phx_filter_check; blank for none
   */
  filter: phx_text;
  /**
   * words and "phrases" that all occur in the span's name, status message, input, output or messages, upper and lower case alike: see docs/search.md; absent for none
   */
  search: phx_text;
  /**
   * the last number that may come; 0 for no bound. Threads that share a search give it each a range of numbers
   */
  until: Int64;
  /**
   * or NULL
   */
  stop: Pointer;
  stop_ctx: Pointer;
}

export interface phx_trace_query {
  size: Int64;
  /**
   * 0 for all
   */
  project: Int64;
  /**
   * only this one; 0 for all
   */
  trace: Int64;
  /**
   * the first number that may come, whatever the sort; 0 for no bound
   */
  from: Int64;
  /**
   * ns, inclusive, of the trace's start; 0: no bound
   */
  start_time: Int64;
  /**
   * ns, exclusive
   */
  end_time: Int64;
  /**
   * rows; 0 for no limit
   */
  limit: Int64;
  /**
   * PHX_NEWEST_FIRST (descending) or ..._OLDEST_...
   */
  order: number;
  /**
   * PHX_BY_... ; equal rows by number
   */
  sort: number;
  /**
   * any of them [session_count]
   */
  sessions: Pointer;
  session_count: Int64;
  /**
   * the row to begin with, by its number and its times as they were lent: whether or not it is still there, rows before it do not come; 0 for none
   */
  place: Int64;
  /**
   * ns
   */
  place_start: Int64;
  /**
   * ns
   */
  place_end: Int64;
  /**
   * a condition on traces; blank for none
   */
  filter: phx_text;
  /**
   * as of spans: traces with a span that has all
   */
  search: phx_text;
  /**
   * or NULL
   */
  stop: Pointer;
  stop_ctx: Pointer;
}

export interface phx_session_query {
  size: Int64;
  /**
   * 0 for all
   */
  project: Int64;
  /**
   * only this one; 0 for all
   */
  session: Int64;
  /**
   * the first number that may come; 0 for no bound
   */
  from: Int64;
  /**
   * rows; 0 for no limit
   */
  limit: Int64;
  /**
   * PHX_NEWEST_FIRST or PHX_OLDEST_FIRST, by number
   */
  order: number;
  /**
   * 0, for later use
   */
  flags: number;
  /**
   * a condition on sessions; blank for none
   */
  filter: phx_text;
  /**
   * or NULL
   */
  stop: Pointer;
  stop_ctx: Pointer;
}

/**
 * What became of an example from one version to another. Its splits and its
 * span are those of now on both sides.
 */
export interface phx_example_change {
  /**
   * NULL: it has been added
   */
  before: phx_example;
  /**
   * NULL: it has been deleted
   */
  after: phx_example;
}

/**
 * Versions of a prompt, newest first; or the one of a number.
 */
export interface phx_prompt_version_query {
  size: Int64;
  /**
   * whose; needed unless `only` is given
   */
  prompt: Int64;
  /**
   * one number; 0 for all
   */
  only: Int64;
  /**
   * the first number that may come; 0 for no bound
   */
  from: Int64;
  /**
   * rows; 0 for no limit
   */
  limit: Int64;
  /**
   * the one that the tag points to; or absent
   */
  tag: phx_text;
}

/**
 * What all spans of a store may take; -1 for no bound.
 */
export interface phx_budget {
  size: Int64;
  spans: Int64;
  /**
   * spans whose kind is LLM
   */
  llm_calls: Int64;
  /**
   * of prompts and completions
   */
  tokens: Int64;
  /**
   * USD; what has no price costs nothing
   */
  cost: number;
  /**
   * ms of a trace, the longest
   */
  latency: number;
}

export interface phx_golden_options {
  size: Int64;
  /**
   * keys, flat: their values are written as *; one that ends in * is for all that begin so
   */
  masked: phx_text;
  masked_count: Int64;
}

/**
 * What spans of OpenInference and of gen_ai's conventions should be like.
 */
export interface phx_lint_rule {
  /**
   * "token-sum"; never changes
   */
  id: Pointer;
  /**
   * PHX_LINT_...
   */
  severity: number;
  /**
   * one line
   */
  reason: Pointer;
}

/**
 * A span that is not as a rule says.
 */
export interface phx_finding {
  rule: phx_lint_rule;
  /**
   * its number; 0 of a batch
   */
  span: Int64;
  /**
   * hex
   */
  trace_id: phx_text;
  /**
   * hex
   */
  span_id: phx_text;
  name: phx_text;
  /**
   * of the attribute; absent if it is of the span
   */
  path: phx_text;
  message: phx_text;
}

/**
 * Tokens of one type and what they cost.
 */
export interface phx_cost {
  /**
   * "input", "output", "cache_read", "audio" ...
   */
  token_type: phx_text;
  /**
   * 1 of the prompt, 0 of the completion
   */
  is_prompt: number;
  tokens: Int64;
  /**
   * USD; NaN without a price
   */
  cost: number;
}

/**
 * Spans that failed with exceptions of a type.
 */
export interface phx_exception {
  /**
   * exception.type of the last event `exception`; "" if there is none, "other" beyond 256 types
   */
  type: phx_text;
  spans: Int64;
}

/**
 * What is summed up: spans that start in a window of time, or traces that do,
 * whenever their spans start.
 */
export interface phx_rollup_query {
  size: Int64;
  /**
   * PHX_SPAN or PHX_TRACE
   */
  of: number;
  /**
   * PHX_BIN_...
   */
  bin: number;
  /**
   * minutes east of UTC of the calendar, -1440..1440
   */
  utc_offset: number;
  /**
   * of PHX_SPAN: as in phx_span_query; 0: all
   */
  kinds: number;
  /**
   * 0 for all
   */
  project: Int64;
  /**
   * 0 for all
   */
  session: Int64;
  /**
   * 0 for all
   */
  trace: Int64;
  /**
   * ns, inclusive; needed for bins
   */
  start_time: Int64;
  /**
   * ns, exclusive; 0 for none, with bins for now
   */
  end_time: Int64;
  /**
   * 0 to 1 each [quantile_count], up to 16
   */
  quantiles: Pointer;
  quantile_count: Int64;
  /**
   * 1 for what the spans cost, too: slower
   */
  costs: number;
  /**
   * PHX_ROLLUP_..., or-ed
   */
  flags: number;
}

/**
 * Of the spans or traces that start in the bin, or of all. A quantile lies
 * between two values where it must, in proportion (numpy's "linear").
 */
export interface phx_rollup {
  /**
   * ns, of the bin; of the window if there is none
   */
  start_time: Int64;
  /**
   * ns
   */
  end_time: Int64;
  spans: Int64;
  /**
   * that have one of the spans
   */
  traces: Int64;
  /**
   * with the status ERROR
   */
  error_spans: Int64;
  /**
   * that have one of those
   */
  error_traces: Int64;
  /**
   * of LLM spans
   */
  prompt_tokens: Int64;
  completion_tokens: Int64;
  /**
   * ns, of a span or trace; 0 if there is none
   */
  max_latency: Int64;
  /**
   * spans by PHX_SPAN_... [3]
   */
  statuses: Pointer;
  /**
   * spans by index into phx_kind_name
   */
  kinds: Pointer;
  /**
   * ns [quantile_count]; NaN if there is none
   */
  latencies: Pointer;
  /**
   * USD; NaN if nothing of it has a price, or
   */
  prompt_cost: number;
  /**
   * costs are not asked for. Sums are exact: the
   */
  completion_cost: number;
  /**
   * nearest double, in whatever order spans come
   */
  total_cost: number;
  /**
   * by type of token [cost_count]
   */
  costs: phx_cost;
  cost_count: Int64;
  /**
   * input.value of the span without a parent id that
   */
  first_input: phx_text;
  /**
   * starts first, output.value of the one that starts last; absent if they have none, or unasked
   */
  last_output: phx_text;
  /**
   * by type [exception_count]; they add
   */
  exceptions: phx_exception;
  /**
   * up to error_spans, or are unasked
   */
  exception_count: Int64;
}

/**
 * A word that a condition can have.
 */
export interface phx_word {
  /**
   * PHX_WORD_...
   */
  kind: number;
  /**
   * PHX_TYPE_... of its value; ANY of an iterable
   */
  type: number;
  /**
   * as it stands in a condition
   */
  text: phx_text;
  /**
   * of an annotation; else the same as text
   */
  name: phx_text;
  /**
   * whose: "span", "trace", "annotation", "cost detail" of a loop, "named annotation"; absent: of the rows
   */
  of: phx_text;
  /**
   * of an iterable, as `of`; else absent
   */
  element: phx_text;
}

/**
 * A log record that waits for its span, or names none.
 */
export interface phx_log {
  /**
   * goes up as records come
   */
  id: Int64;
  /**
   * ns since 1970
   */
  received_at: Int64;
  /**
   * hex; "" for none
   */
  trace_id: phx_text;
  /**
   * hex; "" for none
   */
  span_id: phx_text;
  /**
   * JSON: what it is among the events of its span
   */
  event: phx_text;
  /**
   * 1 if the span is stored, see phx_batch_decode
   */
  held: number;
}

export interface phx_frame_query {
  size: Int64;
  /**
   * 0 for all
   */
  project: Int64;
  /**
   * ns, inclusive; 0 for no bound
   */
  start_time: Int64;
  /**
   * ns, exclusive; 0 for no bound
   */
  end_time: Int64;
  /**
   * spans, those that start last; -1 for no limit
   */
  limit: Int64;
  /**
   * PHX_EVERY_SPAN ...
   */
  roots: number;
  /**
   * PHX_FRAME_...
   */
  format: number;
  /**
   * a SpanQuery of Phoenix's client; absent: {}
   */
  json: phx_text;
}

export interface ArrowSchema {
  format: Pointer;
  name: Pointer;
  metadata: Pointer;
  flags: Int64;
  n_children: Int64;
  children: Pointer;
  dictionary: Pointer;
  release: Pointer;
  private_data: Pointer;
}

export interface ArrowArray {
  length: Int64;
  null_count: Int64;
  offset: Int64;
  n_buffers: Int64;
  n_children: Int64;
  buffers: Pointer;
  children: Pointer;
  dictionary: Pointer;
  release: Pointer;
  private_data: Pointer;
}

export interface ArrowArrayStream {
  get_schema: Pointer;
  get_next: Pointer;
  get_last_error: Pointer;
  release: Pointer;
  private_data: Pointer;
}

/**
 * One attribute as a column "attributes.PATH" of its own.
 */
export interface phx_attribute_column {
  /**
   * "llm.model_name": member names joined by dots
   */
  path: Pointer;
  /**
   * PHX_COLUMN_...
   */
  type: number;
  /**
   * 0, for later use
   */
  flags: number;
}

/**
 * A value of a row, lent; or of a statement's parameter.
 */
export interface phx_value {
  /**
   * PHX_NULL ...
   */
  type: number;
  /**
   * 0, for later use
   */
  flags: number;
  /**
   * of PHX_INTEGER
   */
  integer: Int64;
  /**
   * of PHX_REAL
   */
  real: number;
  /**
   * of PHX_TEXT; the bytes of PHX_BYTES
   */
  text: phx_text;
}

export interface phx_sql_options {
  size: Int64;
  /**
   * bytes SQLite may take, about, up to 2 GiB; 0: no bound
   */
  memory: Int64;
  /**
   * ms from phx_store_sql to the last row; 0 for none
   */
  timeout: number;
  /**
   * 0, for later use
   */
  flags: number;
  /**
   * or NULL
   */
  stop: Pointer;
  stop_ctx: Pointer;
}

export declare const structs: Record<
  | 'phx_error'
  | 'phx_text'
  | 'phx_buf'
  | 'phx_match'
  | 'phx_span'
  | 'phx_store_options'
  | 'phx_ingest_report'
  | 'phx_store_stats'
  | 'phx_tracer_options'
  | 'phx_project'
  | 'phx_trace'
  | 'phx_session'
  | 'phx_annotation_item'
  | 'phx_annotate_report'
  | 'phx_annotation'
  | 'phx_annotation_query'
  | 'phx_annotation_config'
  | 'phx_config_query'
  | 'phx_example_item'
  | 'phx_dataset_change'
  | 'phx_dataset'
  | 'phx_dataset_version'
  | 'phx_example'
  | 'phx_split'
  | 'phx_dataset_label'
  | 'phx_prompt'
  | 'phx_prompt_version'
  | 'phx_prompt_tag'
  | 'phx_experiment_item'
  | 'phx_run_item'
  | 'phx_evaluation_item'
  | 'phx_experiment'
  | 'phx_experiment_query'
  | 'phx_evaluation'
  | 'phx_run'
  | 'phx_run_query'
  | 'phx_incomplete_run'
  | 'phx_experiment_tag'
  | 'phx_retention_rule'
  | 'phx_retention_policy'
  | 'phx_attribute_test'
  | 'phx_span_query'
  | 'phx_trace_query'
  | 'phx_session_query'
  | 'phx_example_change'
  | 'phx_prompt_version_query'
  | 'phx_budget'
  | 'phx_golden_options'
  | 'phx_lint_rule'
  | 'phx_finding'
  | 'phx_cost'
  | 'phx_exception'
  | 'phx_rollup_query'
  | 'phx_rollup'
  | 'phx_word'
  | 'phx_log'
  | 'phx_frame_query'
  | 'ArrowSchema'
  | 'ArrowArray'
  | 'ArrowArrayStream'
  | 'phx_attribute_column'
  | 'phx_value'
  | 'phx_sql_options', IKoffiCType>;

/** Of the functions, as in C. */
export declare const prototypes: string[];
/** The names of their parameters; null for a size, which is that of what stands before. */
export declare const parameters: Record<string, (string | null)[]>;

export interface Library {
  /**
   * PHX_VERSION of the library that is loaded; compare with the macro.
   */
  phx_version: Call<() => number>;
  /**
   * The same as text, "0.1.0". Lent for ever.
   */
  phx_version_text: Call<() => string | null>;
  /**
   * 1 if this build has the part ("sqlite"), else 0.
   */
  phx_has_feature: Call<(name: string | null) => number>;
  /**
   * "PHX_NOT_FOUND" for PHX_NOT_FOUND, and so on. Lent for ever.
   */
  phx_status_name: Call<(status: number) => string | null>;
  phx_buf_free: Call<(buf: phx_buf | phx_buf[] | null) => void>;
  /**
   * Decodes one request, without a store. A span that cannot be kept (no trace
   * or span id, attributes nested over 255 levels, over 16384 attributes, events
   * or links) is left out and counted: see phx_batch_rejected. PHX_SPAN_JSON is
   * taken whole or not at all, and the offset of a bad span is its index; so is
   * PHX_ATIF, and there it is the index of the step.
   *
   * A log record belongs to the span it names. Stored before it or after it, the
   * record becomes one of its events; messages that it carries (gen_ai.*) become
   * the span's llm.input_messages and llm.output_messages if it has none, for
   * every reader and filter, from the same commit on. But where many small
   * records have had large spans written again, those to come are held until the
   * next of their span, or phx_store_compact, brings them in. Records that wait,
   * or name no span, are kept as phx_store_retain_due says. The data points of
   * metrics are counted as left out, all of them.
   *
   * bytes   [size] uncompressed, up to 64 MiB; yours again after the call. What
   *         is in them may take up to 512 MiB of memory.
   * project overrides the project of every span; NULL leaves it to the resource
   *         attribute openinference.project.name, else "default".
   * Errors: INVALID (offset is where decoding stopped), TOO_BIG.
   */
  phx_batch_decode: Call<(format: number, bytes: Pointer, size: Int64, project: string | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * spans or records
   */
  phx_batch_size: Call<(batch: Pointer) => Int64>;
  /**
   * The format it was decoded from; -1 of NULL.
   */
  phx_batch_format: Call<(batch: Pointer) => number>;
  /**
   * Bytes of memory that the batch holds until it is freed, for hosts that bound
   * what waits for a commit.
   */
  phx_batch_memory: Call<(batch: Pointer) => Int64>;
  /**
   * How many spans, records or data points were left out; *reason, if given, is
   * lent until the batch is freed: why the first was, or "".
   */
  phx_batch_rejected: Call<(batch: Pointer, reason: Pointer) => Int64>;
  /**
   * The span at index, or NULL past the end or without memory. Lent until the
   * next call on the batch.
   */
  phx_batch_span: Call<(batch: Pointer, index: Int64) => phx_span | phx_span[] | null>;
  phx_batch_free: Call<(batch: Pointer) => void>;
  /**
   * The body of an ExportTraceServiceResponse, or of that of logs or metrics.
   *
   * format   of the request; not PHX_SPAN_JSON or PHX_ATIF.
   * rejected what was left out, for partial_success; 0 for a full success.
   * reason   why; NULL or "" for none.
   */
  phx_otlp_answer: Call<(format: number, rejected: Int64, reason: string | null, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * {"llm.token_count.total": 7} becomes {"llm": {"token_count": {"total": 7}}}.
   * A number between dots opens an array only if an object follows it. What
   * would be nested deeper than 255 stays a dotted key.
   *
   * json    [size] one object of dotted keys; of equal keys the last wins.
   * Errors: INVALID, TOO_BIG (a value is nested deeper than 255).
   */
  phx_attributes_unflatten: Call<(json: string | null, size: Int64, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * The way back; arrays of objects become keys with numbers, nulls and empty
   * objects vanish. Errors: INVALID, TOO_BIG.
   */
  phx_attributes_flatten: Call<(json: string | null, size: Int64, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Opens a store; makes its tables, or brings older ones up to date.
   *
   * url     "sqlite:PATH", "sqlite:///PATH" (an absolute path has four
   *         slashes), "sqlite::memory:" or "sqlite:///:memory:". One process
   *         writes a store at a time, from open to close.
   * options NULL for the defaults.
   * Errors: INVALID (url), NOT_FOUND (read-only), IO, BUSY (the message has
   *         the process id of the writer), CORRUPT (no store), UNSUPPORTED.
   */
  phx_store_open: Call<(url: string | null, options: phx_store_options | phx_store_options[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Open cursors stay usable; the store goes away with the last of them.
   */
  phx_store_close: Call<(store: Pointer) => void>;
  /**
   * Makes the calls now running on the store return INTERRUPTED.
   */
  phx_store_interrupt: Call<(store: Pointer) => void>;
  /**
   * Decodes a request and stores its spans durably. Calls that wait for a
   * commit at the same time share the next one.
   *
   * project overrides that of every span; NULL as in phx_batch_decode.
   * Errors: INVALID, TOO_BIG, IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_store_ingest: Call<(store: Pointer, project: string | null, format: number, bytes: Pointer, size: Int64, out: phx_ingest_report | phx_ingest_report[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Stores decoded batches in one durable commit, all or nothing. The batches
   * stay yours, and may not be used again but to be freed.
   *
   * batches [count].
   * out     [count] reports, or NULL.
   * Errors: IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_store_put: Call<(store: Pointer, batches: Pointer, count: Int64, out: phx_ingest_report | phx_ingest_report[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Rewrites young blocks into their lasting order, merges indexes and sweeps
   * deleted rows; DONE when nothing is left to do. Ingest does what is overdue
   * itself unless the store was opened with PHX_OPEN_NO_COMPACT.
   *
   * budget  ms, about; 0 for what is overdue alone, however long that takes.
   * Errors: IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_store_compact: Call<(store: Pointer, budget: number, err: phx_error | phx_error[] | null) => number>;
  /**
   * Checks every invariant of the store: checksums, bounds, row counts, zone
   * maps, postings, numbers and totals. Reads all of it.
   *
   * found   told of each fault, up to 100 of them; NULL to stop at the first.
   * Errors: CORRUPT (err has the first fault), IO, INTERRUPTED.
   */
  phx_store_verify: Call<(store: Pointer, found: Pointer, ctx: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Copies the store as it is now to a new file, while others read and write.
   * Errors: CONFLICT (the file exists), IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_store_backup: Call<(store: Pointer, path: string | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_store_stat: Call<(store: Pointer, out: phx_store_stats | phx_store_stats[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Opens a tracer for a store. Ended spans wait in it, and go into one commit
   * when one of them has no parent among the tracer's, when so many wait or they
   * hold 16 MiB of memory, or at a flush. What a store does not take waits on,
   * 256 MiB of it; then spans that end are dropped, and their ends say so.
   *
   * options NULL for the defaults; copied.
   * Errors: INVALID (a text is not UTF-8).
   */
  phx_tracer_open: Call<(store: Pointer, options: phx_tracer_options | phx_tracer_options[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Stores all spans that have ended. Errors: IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_tracer_flush: Call<(tracer: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Stores what waits, if it can: flush first to learn of a failure. Live spans
   * stay usable; each is stored as it ends.
   */
  phx_tracer_close: Call<(tracer: Pointer) => void>;
  /**
   * Starts a span, now.
   *
   * name    one byte or more.
   * parent  a live span; NULL begins a trace.
   * Errors: INVALID (name), TOO_BIG (name), IO (no random bytes).
   */
  phx_span_start: Call<(tracer: Pointer, name: string | null, parent: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Starts a span whose parent is of another program, by the headers of W3C
   * trace context.
   *
   * traceparent  "00-TRACE-SPAN-FLAGS"; of a later version what is known of it.
   * tracestate   or NULL; left out if it is not printable ASCII or over 8 KiB.
   * Errors: INVALID (name; traceparent: offset is the byte), TOO_BIG (name), IO.
   */
  phx_span_start_remote: Call<(tracer: Pointer, name: string | null, traceparent: string | null, tracestate: string | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Sets when a span started, if that was not when phx_span_start was called: for
   * work that is told of afterwards. start_time: ns since 1970, not 0. Errors:
   * none more.
   */
  phx_span_set_start: Call<(span: Pointer, start_time: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * The headers for a program that is called: 55 bytes with the ids of the span,
   * and what came with start_remote, or "". Lent until the span ends.
   */
  phx_span_traceparent: Call<(span: Pointer) => string | null>;
  /**
   * The headers for a program that is called: 55 bytes with the ids of the span,
   * and what came with start_remote, or "". Lent until the span ends.
   */
  phx_span_tracestate: Call<(span: Pointer) => string | null>;
  /**
   * Sets an attribute; of equal keys the last wins. A span has up to 16384 of
   * them, and as many events and links, and is given 64 MiB of texts in all; a
   * text that replaces one counts alone, so that an answer may be set anew with
   * each word that comes. A call that fails leaves the span as it was.
   *
   * key     one byte or more.
   * value   [size], may hold NULs.
   * Errors: INVALID (a text is not UTF-8), TOO_BIG.
   */
  phx_span_set_text: Call<(span: Pointer, key: string | null, value: string | null, size: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: as phx_span_set_text: INVALID, TOO_BIG.
   */
  phx_span_set_int: Call<(span: Pointer, key: string | null, value: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: as phx_span_set_text: INVALID, TOO_BIG.
   */
  phx_span_set_real: Call<(span: Pointer, key: string | null, value: number, err: phx_error | phx_error[] | null) => number>;
  /**
   * value: 0 or not. Errors: as phx_span_set_text: INVALID, TOO_BIG.
   */
  phx_span_set_bool: Call<(span: Pointer, key: string | null, value: number, err: phx_error | phx_error[] | null) => number>;
  /**
   * Sets an attribute to a list, an object or whatever else JSON says; null
   * takes it away. Errors: INVALID (offset is the bad byte of json), TOO_BIG
   * (nested deeper than 255, too).
   */
  phx_span_set_json: Call<(span: Pointer, key: string | null, json: string | null, size: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * kind: "LLM", "TOOL", ... in any case, see phx_kind_name. Errors: INVALID (no
   * kind), TOO_BIG.
   */
  phx_span_set_kind: Call<(span: Pointer, kind: string | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * status: PHX_SPAN_... ; message: or NULL. Errors: INVALID (message is not
   * UTF-8), TOO_BIG.
   */
  phx_span_set_status: Call<(span: Pointer, status: number, message: string | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Adds the next message of an LLM span: its attributes
   * llm.input_messages.N.message.role and .content, or those of output_messages.
   *
   * list    PHX_..._MESSAGES.
   * content [size].
   * Errors: INVALID (a text is not UTF-8), TOO_BIG.
   */
  phx_span_add_message: Call<(span: Pointer, list: number, role: string | null, content: string | null, size: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Adds an event, of now.
   *
   * json    [size] its attributes, an object; NULL for none.
   * Errors: INVALID (offset is the bad byte of json; or a text is not UTF-8),
   *         TOO_BIG.
   */
  phx_span_add_event: Call<(span: Pointer, name: string | null, json: string | null, size: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Adds a link to the span of a traceparent; json: [size] as of an event.
   * Errors: INVALID (traceparent or json, offset is the bad byte), TOO_BIG.
   */
  phx_span_add_link: Call<(span: Pointer, traceparent: string | null, json: string | null, size: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Adds the event "exception"; any of its three texts may be NULL. The span's
   * status stays as it is. Errors: INVALID (a text is not UTF-8), TOO_BIG.
   */
  phx_span_record_exception: Call<(span: Pointer, type: string | null, message: string | null, stacktrace: string | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Ends a span, which is gone then, whatever is returned: in what order those
   * of a trace end makes no difference. Without a failure it is in the store, or
   * waits for a commit; after one of the store it waits, too.
   *
   * end_time ns since 1970; 0 for now. No span ends before its start.
   * Errors:  TOO_BIG (what the attributes mean takes over 512 MiB); of the
   *          commit IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_span_end: Call<(span: Pointer, end_time: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Frees a span that is not to be stored; NULL is nothing.
   */
  phx_span_discard: Call<(span: Pointer) => void>;
  /**
   * name: one byte or more. description: or NULL. Errors: CONFLICT (name),
   * INVALID, IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_project_create: Call<(store: Pointer, name: string | null, description: string | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * description: NULL leaves it as it is. Errors: NOT_FOUND, INVALID (not
   * UTF-8), IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_project_update: Call<(store: Pointer, project: Int64, description: string | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * The number of a project or session by its name, of a trace or span by its
   * id in hex, upper or lower case.
   *
   * kind    PHX_PROJECT ...
   * Errors: NOT_FOUND, IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find: Call<(store: Pointer, kind: number, name: string | null, size: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Deletes one project, trace, session or span, with all that belongs to it,
   * annotations included.
   * It is gone for every later call; its room is given back by
   * phx_store_compact. A trace whose last span is deleted goes too.
   *
   * Errors: NOT_FOUND, CONFLICT (the project "default"), IO, BUSY, CORRUPT,
   *         INTERRUPTED.
   */
  phx_store_delete: Call<(store: Pointer, kind: number, id: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Moves traces of one project to another, all of them in one commit or none:
   * their spans and what is said of them, and what comes for them later.
   * Sessions stay in the project that they began in.
   *
   * traces  [count] numbers, at least one; one that is there twice counts once.
   * out     how many there are; those of the project itself stay, and count.
   * Errors: NOT_FOUND (a trace, the project), INVALID (traces of more than one
   *         project), IO, BUSY, CORRUPT, INTERRUPTED.
   */
  phx_store_transfer: Call<(store: Pointer, traces: Pointer, count: Int64, project: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Writes annotations in one durable commit, all or nothing. One of the same
   * kind, target, position, name and identifier is replaced, all but its number
   * and the time it was created; of equal items the last wins.
   *
   * items   [count].
   * ids     [count] numbers, or NULL.
   * Errors: NOT_FOUND (a target), INVALID (a text is not UTF-8, the name empty,
   *         metadata no object, the score not finite, a position not below the
   *         number of documents), TOO_BIG (a text); offset is the item. IO,
   *         BUSY, INTERRUPTED, CORRUPT.
   */
  phx_store_annotate: Call<(store: Pointer, items: phx_annotation_item | phx_annotation_item[] | null, count: Int64, ids: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * The same, but one whose target is not stored yet waits for it, durably: see
   * phx_store_annotate_waiting. Of those that wait for the same the last wins; one
   * that is written meanwhile is not undone.
   *
   * out     or NULL.
   * Errors: INVALID and TOO_BIG as above, but for positions. BUSY (a million
   *         wait already, too), IO, INTERRUPTED, CORRUPT.
   */
  phx_store_annotate_later: Call<(store: Pointer, items: phx_annotation_item | phx_annotation_item[] | null, count: Int64, out: phx_annotate_report | phx_annotate_report[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Writes the annotations that wait and whose targets have come. A host calls it
   * now and then.
   *
   * before  ns since 1970: those that came earlier, and whose targets have not,
   *         are dropped; 0: none is.
   * out     those that waited, also when the call fails in the end; or NULL.
   * Errors: IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_store_annotate_waiting: Call<(store: Pointer, before: Int64, out: phx_annotate_report | phx_annotate_report[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * What the config's id is counts not. Errors: INVALID (a text is not UTF-8, the
   * name empty, choices or bounds are not as above), TOO_BIG (a name over 4,096
   * bytes, a text over 1 MiB, over 1,000 choices), CONFLICT (the name is taken),
   * IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_config_create: Call<(store: Pointer, config: phx_annotation_config | phx_annotation_config[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Replaces all of the config with the id, its type too; projects keep it.
   * Errors: NOT_FOUND, INVALID, TOO_BIG, CONFLICT (as above), IO, BUSY,
   * INTERRUPTED, CORRUPT.
   */
  phx_config_update: Call<(store: Pointer, config: phx_annotation_config | phx_annotation_config[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * No project has it then; annotations stay. Errors: NOT_FOUND, IO, BUSY,
   * INTERRUPTED, CORRUPT.
   */
  phx_config_delete: Call<(store: Pointer, config: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Gives a project these configs, and no others.
   *
   * configs [count].
   * Errors: NOT_FOUND (the project; or a config, and offset is which), IO, BUSY,
   *         INTERRUPTED, CORRUPT.
   */
  phx_project_set_configs: Call<(store: Pointer, project: Int64, configs: Pointer, count: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Gives it this one, too, if assigned is 1, or takes it if that is 0. Errors:
   * NOT_FOUND (project or config), IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_project_set_config: Call<(store: Pointer, project: Int64, config: Int64, assigned: number, err: phx_error | phx_error[] | null) => number>;
  /**
   * Brings a dataset to a new version in one durable commit, all or nothing. An
   * item is the example of its number, or the one of its external id, or else the
   * first with an equal hash that no item before it was; if there is none it is
   * new. Where nothing changes no version is made.
   *
   * name        one byte or more.
   * action      PHX_DATASET_..., all but CREATE make the dataset if it is missing.
   * description of a new dataset; or NULL.
   * items       [count].
   * Errors: CONFLICT (name), NOT_FOUND (an item's example does not live in the
   *         dataset), INVALID (a text is not UTF-8, the name or an id empty, an
   *         object none, splits no names, an example given twice), TOO_BIG (a
   *         text); offset is the item. IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_dataset_put: Call<(store: Pointer, name: string | null, action: number, description: string | null, items: phx_example_item | phx_example_item[] | null, count: Int64, out: phx_dataset_change | phx_dataset_change[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Brings a dataset to a new version with the examples of an old one, in one
   * durable commit at the cost of what has changed since. Examples keep their
   * numbers; one that comes back is in the splits that it was in then, one that
   * goes leaves its own. The versions between stay. Where nothing has changed no
   * version is made.
   *
   * Errors: NOT_FOUND (the dataset, or a version of it), IO, BUSY, INTERRUPTED,
   *         CORRUPT.
   */
  phx_dataset_revert: Call<(store: Pointer, dataset: Int64, version: Int64, out: phx_dataset_change | phx_dataset_change[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Deletes a dataset with all its versions. Errors: NOT_FOUND, IO, BUSY,
   * INTERRUPTED, CORRUPT.
   */
  phx_dataset_delete: Call<(store: Pointer, dataset: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Makes a split with examples of a dataset in it. Of the split, the texts count.
   *
   * split    its color absent: #808080; metadata absent: {}.
   * dataset  whose newest version the examples live in; 0 without any.
   * examples [count].
   * Errors:  CONFLICT (name), NOT_FOUND (the dataset; or an example, and offset is
   *          which), INVALID (a text is not UTF-8, the name empty, the metadata no
   *          object), TOO_BIG (a text), IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_split_create: Call<(store: Pointer, split: phx_split | phx_split[] | null, dataset: Int64, examples: Pointer, count: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Changes the split with the id: its texts that are not absent, an empty
   * description to none; then puts examples of a dataset in, and takes others out.
   *
   * dataset  whose newest version the examples live in; 0 without any.
   * added    [added_count].
   * removed  [removed_count].
   * Errors:  NOT_FOUND (the split, with no offset; else as phx_split_create, and
   *          offset counts through both lists), and all others of it.
   */
  phx_split_update: Call<(store: Pointer, split: phx_split | phx_split[] | null, dataset: Int64, added: Pointer, added_count: Int64, removed: Pointer, removed_count: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Deletes a split from all datasets; examples stay. Errors: NOT_FOUND, IO, BUSY,
   * INTERRUPTED, CORRUPT.
   */
  phx_split_delete: Call<(store: Pointer, split: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * What the label's id is counts not. Errors: INVALID (a text is not UTF-8, the
   * name empty), TOO_BIG (a text), CONFLICT (name), IO, BUSY, INTERRUPTED,
   * CORRUPT.
   */
  phx_label_create: Call<(store: Pointer, label: phx_dataset_label | phx_dataset_label[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Changes the texts that are not absent of the label with the id, an empty
   * description to none. Errors: NOT_FOUND, and those of phx_label_create.
   */
  phx_label_update: Call<(store: Pointer, label: phx_dataset_label | phx_dataset_label[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Deletes a label from all datasets. Errors: NOT_FOUND, IO, BUSY, INTERRUPTED,
   * CORRUPT.
   */
  phx_label_delete: Call<(store: Pointer, label: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Gives a dataset these labels, and no others.
   *
   * labels [count].
   * Errors: NOT_FOUND (the dataset; or a label, and offset is which), IO, BUSY,
   *         INTERRUPTED, CORRUPT.
   */
  phx_dataset_set_labels: Call<(store: Pointer, dataset: Int64, labels: Pointer, count: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Gives it this one, too, if assigned is 1, or takes it if that is 0: then the
   * label need not be there. Errors: NOT_FOUND (dataset or label), IO, BUSY,
   * INTERRUPTED, CORRUPT.
   */
  phx_dataset_set_label: Call<(store: Pointer, dataset: Int64, label: Int64, assigned: number, err: phx_error | phx_error[] | null) => number>;
  /**
   * Checks a version of a prompt: the members that `POST /v1/prompts` of Phoenix
   * has for it, docs/prompts.md tells them.
   *
   * json    [size] at most 16 MiB.
   * out     the version in the form it is kept in: members in order, numbers with
   *         the digits that they were sent with; or NULL.
   * report  where it is not well formed, a JSON array of what is wrong, each
   *         {"type", "loc", "msg", "input", "ctx"?}, 100 at most; or NULL.
   * Errors: INVALID (the first of the report; or offset is the byte that is no
   *         JSON), TOO_BIG.
   */
  phx_prompt_check: Call<(json: string | null, size: Int64, out: phx_buf | phx_buf[] | null, report: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Adds a version to the prompt of a name, which is made if there is none. What
   * the others say of a prompt that is there counts not.
   *
   * prompt  name, description, metadata (absent: {}) and source are looked at;
   *         texts have up to 1 MiB, a name 4,096 bytes.
   * json    [size] the version; its template must be one of messages.
   * out     the version's number.
   * Errors: INVALID (a name, a text that is not UTF-8, metadata that is no JSON
   *         object, the version), TOO_BIG, NOT_FOUND (the source), IO, BUSY,
   *         INTERRUPTED, CORRUPT.
   */
  phx_prompt_put: Call<(store: Pointer, prompt: phx_prompt | phx_prompt[] | null, json: string | null, size: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Gives the prompt of the number another description or metadata: `changes` is
   * PHX_PROMPT_..., or-ed. Errors: NOT_FOUND, INVALID, TOO_BIG (as above), IO,
   * BUSY, INTERRUPTED, CORRUPT.
   */
  phx_prompt_update: Call<(store: Pointer, prompt: phx_prompt | phx_prompt[] | null, changes: number, err: phx_error | phx_error[] | null) => number>;
  /**
   * With its versions and tags; prompts made from it have no source then. Errors:
   * NOT_FOUND, IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_prompt_delete: Call<(store: Pointer, prompt: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Points a tag of the version's prompt to the version: makes it, or moves it
   * from another. description: NULL for none, which takes the one it had. Errors:
   * NOT_FOUND (the version), INVALID, TOO_BIG (as above), IO, BUSY, INTERRUPTED,
   * CORRUPT.
   */
  phx_prompt_set_tag: Call<(store: Pointer, version: Int64, name: string | null, description: string | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: NOT_FOUND (the prompt, or a tag of it), IO, BUSY, INTERRUPTED,
   * CORRUPT.
   */
  phx_prompt_delete_tag: Call<(store: Pointer, prompt: Int64, name: string | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Fills a template.
   *
   * format    PHX_MUSTACHE ...
   * template_ [template_size] at most 16 MiB.
   * variables [variables_size] a JSON object.
   * out       at most 64 MiB.
   * Errors:   INVALID (the template; what it asks for is not among the variables,
   *           or cannot be formatted so), TOO_BIG.
   */
  phx_prompt_render: Call<(format: number, template_: string | null, template_size: Int64, variables: string | null, variables_size: Int64, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * The names that a template asks for, each once, as a JSON array; those within
   * sections of Mustache are not told. Errors: INVALID, TOO_BIG (as above).
   */
  phx_prompt_variables: Call<(format: number, template_: string | null, template_size: Int64, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Fills the templates of a version.
   *
   * json      [size] a version.
   * variables [variables_size] a JSON object.
   * out       its messages, a JSON array of {"role", "content"}.
   * Errors:   INVALID, TOO_BIG (as phx_prompt_check and phx_prompt_render).
   */
  phx_prompt_fill: Call<(json: string | null, size: Int64, variables: string | null, variables_size: Int64, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * How two versions differ.
   *
   * before, after  [..._size] versions.
   * out     {"fields": [{"path", "before"?, "after"?}, ...], "messages":
   *         [{"change", "before"?, "after"?, ...}, ...]}; docs/prompts.md has an
   *         example.
   * Errors: INVALID, TOO_BIG (as phx_prompt_check).
   */
  phx_prompt_diff: Call<(before: string | null, before_size: Int64, after: string | null, after_size: Int64, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Makes an experiment, and a project for the traces of its runs.
   *
   * Errors: NOT_FOUND (the dataset, the version in it; or an example or split, and
   *         offset, which counts through both lists, is which), INVALID (a text is
   *         not UTF-8 or not the JSON it should be, repetitions below 1, an example
   *         given twice), TOO_BIG (a text, repetitions), IO, BUSY, INTERRUPTED,
   *         CORRUPT.
   */
  phx_experiment_create: Call<(store: Pointer, item: phx_experiment_item | phx_experiment_item[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Changes what is told of an experiment. What is NULL stays as it is.
   *
   * flags   PHX_CLEAR_DESCRIPTION, which then has none; or 0.
   * Errors: NOT_FOUND, INVALID, TOO_BIG (as above), IO, BUSY, INTERRUPTED,
   *         CORRUPT.
   */
  phx_experiment_update: Call<(store: Pointer, experiment: Int64, name: string | null, description: string | null, metadata: string | null, flags: number, err: phx_error | phx_error[] | null) => number>;
  /**
   * Deletes an experiment with its runs, what is said of them, and its tags; and
   * its project, if with_project is 1. Errors: NOT_FOUND, IO, BUSY, INTERRUPTED,
   * CORRUPT.
   */
  phx_experiment_delete: Call<(store: Pointer, experiment: Int64, with_project: number, err: phx_error | phx_error[] | null) => number>;
  /**
   * Writes runs in one durable commit, all or nothing. One that failed gives way
   * to another of its example and repetition, which gets its number.
   *
   * items   [count].
   * ids     [count] numbers, or NULL.
   * Errors: NOT_FOUND (the experiment; or an item's example is not in it),
   *         CONFLICT (a run without an error is there), INVALID (a text is not
   *         UTF-8, the output no JSON, a repetition below 1), TOO_BIG (a text);
   *         offset is the item. IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_experiment_put_runs: Call<(store: Pointer, experiment: Int64, items: phx_run_item | phx_run_item[] | null, count: Int64, ids: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Writes evaluations of runs, of whatever experiments, in one durable commit,
   * all or nothing. One of the same run and name is replaced, all but its number.
   *
   * items   [count].
   * ids     [count] numbers, or NULL.
   * Errors: NOT_FOUND (a run), INVALID (a text is not UTF-8, the name empty, the
   *         metadata no object, the score not finite), TOO_BIG (a text); offset is
   *         the item. IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_store_put_evaluations: Call<(store: Pointer, items: phx_evaluation_item | phx_evaluation_item[] | null, count: Int64, ids: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Gives an experiment a tag, which another one of its dataset may lose by it.
   *
   * name        one byte or more, up to 4,096.
   * description up to 16 MiB; NULL for none, whatever the tag had.
   * Errors: NOT_FOUND, INVALID, TOO_BIG (a text), IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_experiment_set_tag: Call<(store: Pointer, experiment: Int64, name: string | null, description: string | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Takes a tag from an experiment, if it has it. Errors: NOT_FOUND (the
   * experiment), IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_experiment_delete_tag: Call<(store: Pointer, experiment: Int64, name: string | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Deletes the traces that a rule does not keep, oldest first, and log records
   * that wait for their spans, in slices that commits go between. Blocks all of whose traces are due go whole.
   *
   * project 0 for all, each by itself; then log records that wait, or name no
   *         span, and came over max_days ago, go as well.
   * now     ns since 1970, from which days are counted back.
   * budget  ms, about; 0 for no end. OK: it ran out; DONE: nothing is due.
   * removed traces, also when the call fails in the end; or NULL.
   * Errors: INVALID (the rule), NOT_FOUND (project), IO, BUSY, INTERRUPTED,
   *         CORRUPT.
   */
  phx_store_retain: Call<(store: Pointer, project: Int64, rule: phx_retention_rule | phx_retention_rule[] | null, now: Int64, budget: number, removed: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * The same by the policies whose schedule has the UTC hour of `now`, each for
   * its projects, the default one for log records that wait, too. Then sessions
   * that have no trace, and ended over an hour ago, are deleted. A host calls it
   * once an hour, till it is DONE.
   *
   * Errors: IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_store_retain_due: Call<(store: Pointer, now: Int64, budget: number, removed: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Deletes the traces of the oldest blocks, whatever their projects and
   * policies, and log records that wait and came before all that is in blocks,
   * until the file uses at most so many bytes, its log and what is free in it
   * apart. Young blocks stay.
   *
   * Errors: INVALID (bytes), IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_store_shrink: Call<(store: Pointer, bytes: Int64, budget: number, removed: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * name: one byte or more of UTF-8. Errors: INVALID (offset in cron if that is
   * malformed), IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_policy_create: Call<(store: Pointer, name: string | null, cron: string | null, rule: phx_retention_rule | phx_retention_rule[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * What is NULL stays as it is. Errors: NOT_FOUND, INVALID (as above), IO,
   * BUSY, INTERRUPTED, CORRUPT.
   */
  phx_policy_update: Call<(store: Pointer, policy: Int64, name: string | null, cron: string | null, rule: phx_retention_rule | phx_retention_rule[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Its projects have the default one then. Errors: NOT_FOUND, CONFLICT (that
   * one), IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_policy_delete: Call<(store: Pointer, policy: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: NOT_FOUND (project or policy), IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_project_set_policy: Call<(store: Pointer, project: Int64, policy: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Checks a search, which has a word or a "phrase" at least. Errors: INVALID
   * (offset is the byte at fault: not UTF-8, a NUL, no word), TOO_BIG (over 1,024
   * bytes or 16 words).
   */
  phx_search_check: Call<(text: string | null, size: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * "UNKNOWN", "TOOL", ... : the span kind of an index, or NULL past the last.
   */
  phx_kind_name: Call<(index: number) => string | null>;
  /**
   * Spans in order of their numbers. The cursor reads ahead in pages, each of
   * one snapshot; spans that arrive meanwhile come if their turn does.
   *
   * query   NULL for all; copied.
   * Errors: INVALID (a test's JSON, offset indexes tests; the filter, as
   *         phx_filter_check; or the search, as phx_search_check), TOO_BIG (the
   *         search).
   */
  phx_store_find_spans: Call<(store: Pointer, query: phx_span_query | phx_span_query[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Lends a row and returns OK, or returns DONE and sets *out to NULL. MISUSE
   * if the rows are of another kind. The nexts of other rows do the same.
   * Errors: IO, INTERRUPTED, CORRUPT.
   */
  phx_cursor_next_span: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * The next spans of a cursor as one ExportTraceServiceRequest, which another
   * store takes in again: or DONE.
   *
   * format  PHX_OTLP_PROTOBUF or PHX_OTLP_JSON; of PHX_ATIF the trajectories that
   *         these spans were decoded from, a line each: perhaps none.
   * count   spans at most; fewer may come, 1,000 or what 64 MiB hold: DONE alone
   *         is the end.
   * Errors: IO, INTERRUPTED, CORRUPT, TOO_BIG (one span is over 1 GiB).
   */
  phx_cursor_next_otlp: Call<(cursor: Pointer, format: number, count: Int64, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * query NULL for all. Errors: INVALID (a place with PHX_BY_NUMBER: `from` is
   * one there; or the filter or the search, as they are checked), TOO_BIG (the
   * search), IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find_traces: Call<(store: Pointer, query: phx_trace_query | phx_trace_query[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * query NULL for all. Errors: INVALID (a place with PHX_BY_NUMBER: `from` is
   * one there; or the filter or the search, as they are checked), TOO_BIG (the
   * search), IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_trace: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * query NULL for all. Errors: INVALID (the filter, as phx_filter_check), IO,
   * CORRUPT, INTERRUPTED.
   */
  phx_store_find_sessions: Call<(store: Pointer, query: phx_session_query | phx_session_query[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * query NULL for all. Errors: INVALID (the filter, as phx_filter_check), IO,
   * CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_session: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Projects by number, newest first; name_contains: case-insensitive part of
   * the name, or NULL; `only` 0, or the one wanted. Errors: IO, CORRUPT,
   * INTERRUPTED.
   */
  phx_store_find_projects: Call<(store: Pointer, only: Int64, from: Int64, name_contains: string | null, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Projects by number, newest first; name_contains: case-insensitive part of
   * the name, or NULL; `only` 0, or the one wanted. Errors: IO, CORRUPT,
   * INTERRUPTED.
   */
  phx_cursor_next_project: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Annotations of a kind by number, newest first, read ahead in pages as spans
   * are.
   *
   * query   NULL for all of spans; copied.
   * Errors: TOO_BIG (over 30,000 values).
   */
  phx_store_find_annotations: Call<(store: Pointer, query: phx_annotation_query | phx_annotation_query[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: IO, INTERRUPTED, CORRUPT.
   */
  phx_cursor_next_annotation: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Deletes the annotations that a query finds, in one commit; with a limit,
   * the newest of them.
   *
   * out     how many there were; or NULL.
   * Errors: TOO_BIG (over 30,000 values), IO, BUSY, INTERRUPTED, CORRUPT.
   */
  phx_store_delete_annotations: Call<(store: Pointer, query: phx_annotation_query | phx_annotation_query[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Datasets by number, newest first.
   *
   * only    the one wanted; 0 for all.
   * from    the first number that may come; 0 for no bound.
   * name    of the one wanted; NULL for all.
   * limit   rows; 0 for no limit.
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find_datasets: Call<(store: Pointer, only: Int64, from: Int64, name: string | null, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Datasets by number, newest first.
   *
   * only    the one wanted; 0 for all.
   * from    the first number that may come; 0 for no bound.
   * name    of the one wanted; NULL for all.
   * limit   rows; 0 for no limit.
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_dataset: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Versions of a dataset, newest first; none of one that is not there. Errors:
   * IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find_versions: Call<(store: Pointer, dataset: Int64, from: Int64, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Versions of a dataset, newest first; none of one that is not there. Errors:
   * IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_version: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Examples of a version by number, oldest first; version 0 is the newest.
   * from: the first number that may come. Errors: NOT_FOUND (the dataset, or a
   * version of it), IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find_examples: Call<(store: Pointer, dataset: Int64, version: Int64, from: Int64, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Those of them that are in one of the splits [count] now; or, with then 1, in
   * one of the splits of the version. Errors: the same.
   */
  phx_store_find_split_examples: Call<(store: Pointer, dataset: Int64, version: Int64, splits: Pointer, count: Int64, then: number, from: Int64, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_example: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * How the examples of one version of a dataset became those of another, at the
   * cost of what has changed between them: first what lives in the later of the
   * two, as it came, then what only the earlier has, as it went. What has changed
   * and is again as it was (by strict hash) is no change.
   *
   * before  may be the later one; 0 is the newest.
   * after   the same.
   * Errors: NOT_FOUND (the dataset, or a version of it), IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find_changes: Call<(store: Pointer, dataset: Int64, before: Int64, after: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_change: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Splits by number, newest first.
   *
   * only    the one wanted; 0 for all.
   * name    of the one wanted; NULL for all.
   * dataset whose examples are counted; 0 for those of all.
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find_splits: Call<(store: Pointer, only: Int64, name: string | null, dataset: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Splits by number, newest first.
   *
   * only    the one wanted; 0 for all.
   * name    of the one wanted; NULL for all.
   * dataset whose examples are counted; 0 for those of all.
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_split: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Labels by number, newest first.
   *
   * only    the one wanted; 0 for all.
   * dataset whose; 0 for all.
   * from    the first number that may come; 0 for no bound.
   * limit   rows; 0 for no limit.
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find_labels: Call<(store: Pointer, only: Int64, dataset: Int64, from: Int64, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Labels by number, newest first.
   *
   * only    the one wanted; 0 for all.
   * dataset whose; 0 for all.
   * from    the first number that may come; 0 for no bound.
   * limit   rows; 0 for no limit.
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_label: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Prompts by number, newest first.
   *
   * only    the one wanted; 0 for all.
   * from    the first number that may come; 0 for no bound.
   * name    of the one wanted; NULL for all.
   * limit   rows; 0 for no limit.
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find_prompts: Call<(store: Pointer, only: Int64, from: Int64, name: string | null, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Prompts by number, newest first.
   *
   * only    the one wanted; 0 for all.
   * from    the first number that may come; 0 for no bound.
   * name    of the one wanted; NULL for all.
   * limit   rows; 0 for no limit.
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_prompt: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * None of a prompt that is not there. Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find_prompt_versions: Call<(store: Pointer, query: phx_prompt_version_query | phx_prompt_version_query[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * None of a prompt that is not there. Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_prompt_version: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Tags of a prompt, newest first; of one version, if that is not 0. Errors: IO,
   * CORRUPT, INTERRUPTED.
   */
  phx_store_find_prompt_tags: Call<(store: Pointer, prompt: Int64, version: Int64, from: Int64, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Tags of a prompt, newest first; of one version, if that is not 0. Errors: IO,
   * CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_prompt_tag: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Experiments by number, newest first. query NULL for all. Errors: IO, CORRUPT,
   * INTERRUPTED.
   */
  phx_store_find_experiments: Call<(store: Pointer, query: phx_experiment_query | phx_experiment_query[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Experiments by number, newest first. query NULL for all. Errors: IO, CORRUPT,
   * INTERRUPTED.
   */
  phx_cursor_next_experiment: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Runs of an experiment, read ahead in pages as spans are; none of one that is
   * not there. The query is copied. Errors: none more.
   */
  phx_store_find_runs: Call<(store: Pointer, query: phx_run_query | phx_run_query[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_run: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * The examples of an experiment, by number, of which a repetition has not
   * succeeded. from: the first example that may come. Errors: NOT_FOUND, IO,
   * CORRUPT, INTERRUPTED.
   */
  phx_store_find_incomplete_runs: Call<(store: Pointer, experiment: Int64, from: Int64, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_incomplete_run: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Tags of a dataset's experiments, and of one of them, by name; 0 for all.
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find_tags: Call<(store: Pointer, dataset: Int64, experiment: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Tags of a dataset's experiments, and of one of them, by name; 0 for all.
   * Errors: IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_tag: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * So many spans are chosen by a condition of the filter language.
   *
   * filter  [size]; blank text chooses all.
   * least   spans.
   * most    spans; -1 for no bound.
   * report  or NULL.
   * Errors: INVALID (the filter, as phx_filter_check), TOO_BIG (over 100,000
   *         spans), IO, INTERRUPTED, CORRUPT.
   */
  phx_expect_count: Call<(store: Pointer, filter: string | null, size: Int64, least: Int64, most: Int64, report: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * The trees are those of a pattern, all of them and nothing else:
   *
   *     agent                       a name, or a kind in any case
   *       "search the web"?         only a name; one span at most
   *       llm*2 [latency_ms < 10]   exactly two in a row; of each a condition
   *         tool+                   one or more in a row
   *       retriever*                any number in a row
   *       ...                       any others, whatever is below them
   *
   * A line is below the nearest line above it that is indented less; lines
   * without one are roots. A pattern has up to 64 KiB, 1,000 lines, 10,000 spans.
   *
   * flags   PHX_TREE_... or 0.
   * report  or NULL.
   * Errors: INVALID (the pattern, offset is the byte at fault), TOO_BIG (over
   *         100,000 spans, or it would take too many steps), IO, INTERRUPTED,
   *         CORRUPT.
   */
  phx_expect_tree: Call<(store: Pointer, pattern: string | null, size: Int64, flags: number, report: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Spans that conditions choose start one after the other: one that the first
   * chooses, behind it one that the second does, and so on. Others may be between.
   *
   * filters [count] conditions, up to 1,000.
   * report  or NULL.
   * Errors: INVALID (a filter, offset indexes filters), TOO_BIG, IO, INTERRUPTED,
   *         CORRUPT.
   */
  phx_expect_order: Call<(store: Pointer, filters: phx_text | phx_text[] | null, count: Int64, report: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Each span that a condition chooses, at least one, is below a span that
   * another condition chooses.
   *
   * filter  [size].
   * parent  [parent_size] what is above it.
   * flags   PHX_BELOW_... or 0.
   * report  or NULL.
   * Errors: INVALID (a filter, as phx_filter_check), TOO_BIG (over 100,000
   *         spans), IO, INTERRUPTED, CORRUPT.
   */
  phx_expect_below: Call<(store: Pointer, filter: string | null, size: Int64, parent: string | null, parent_size: Int64, flags: number, report: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Each span that a condition chooses, at least one, meets another condition.
   *
   * filter     [size].
   * condition  [condition_size].
   * report     or NULL.
   * Errors: INVALID (a condition, as phx_filter_check), TOO_BIG (over 100,000
   *         spans), IO, INTERRUPTED, CORRUPT.
   */
  phx_expect_every: Call<(store: Pointer, filter: string | null, size: Int64, condition: string | null, condition_size: Int64, report: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Each span that a condition chooses, at least one, has these attributes; the
   * report says of each that has not what it has instead.
   *
   * filter    [size].
   * expected  [expected_size] a JSON object by the keys of flat attributes, as
   *           golden traces have them: {"llm.model_name": "m1",
   *           "llm.input_messages.0.message.role": "user", "llm.tools": null}.
   *           null: neither the attribute, nor any below it. 2 is as 2.0.
   * report    or NULL.
   * Errors: INVALID (the filter, as phx_filter_check; or expected), TOO_BIG (over
   *         100,000 spans), IO, INTERRUPTED, CORRUPT.
   */
  phx_expect_attributes: Call<(store: Pointer, filter: string | null, size: Int64, expected: string | null, expected_size: Int64, report: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * most: NULL for no bound at all; report: or NULL. Errors: TOO_BIG (over
   * 100,000 spans), IO, INTERRUPTED, CORRUPT.
   */
  phx_expect_budget: Call<(store: Pointer, most: phx_budget | phx_budget[] | null, report: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * The spans of a store in a form that is the same for each run of a program: as
   * trees in order of their starts, with names, kinds, statuses, attributes by
   * their keys, and events; without ids and times. To be kept in a file.
   *
   * options NULL for the defaults.
   * Errors: TOO_BIG (over 100,000 spans, or 16 MiB), IO, INTERRUPTED, CORRUPT.
   */
  phx_golden_write: Call<(store: Pointer, options: phx_golden_options | phx_golden_options[] | null, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Compares the spans of a store with what was kept; PHX_UNMET if they differ.
   * A value that is kept as * is as any other, whoever wrote it so; blank lines,
   * and those that begin with #, do not count.
   *
   * text    [size] of phx_golden_write.
   * report  lines of the text that are gone ("-") or new ("+"), below the spans
   *         that they are of; or NULL.
   * Errors: TOO_BIG (the spans, as phx_golden_write; or the text), IO,
   *         INTERRUPTED, CORRUPT.
   */
  phx_golden_compare: Call<(store: Pointer, text: string | null, size: Int64, report: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * The rule at an index, or NULL past the last. Lent for ever.
   */
  phx_lint_rule_at: Call<(index: Int64) => phx_lint_rule | phx_lint_rule[] | null>;
  /**
   * Looks at the spans of a batch, which has not been put, by all rules; of each
   * span the first 100 findings are told.
   *
   * store   where parents are looked for; NULL: they are not looked for.
   * Errors: IO, INTERRUPTED, CORRUPT.
   */
  phx_batch_lint: Call<(batch: Pointer, store: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * The same of all spans of a store, oldest first; what shows on the wire alone,
   * gaps in the numbers of lists, is not seen. Errors: none more.
   */
  phx_store_lint: Call<(store: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: IO, INTERRUPTED, CORRUPT.
   */
  phx_cursor_next_finding: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * The list as a JSON array of models, as phx_price_put takes them, with their
   * ids; built-in ones have ids from 1,000,000 on and is_built_in true.
   * Errors: IO, INTERRUPTED, CORRUPT.
   */
  phx_prices_read: Call<(store: Pointer, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Adds a model of a user, or replaces one.
   *
   * json    [size] {"name": "mine", "name_pattern": "^mine-", "provider": "",
   *         "start_time": null, "prices": [{"token_type": "input",
   *         "is_prompt": true, "rate": 2.5e-06, "threshold": {"key":
   *         "llm.token_count.prompt", "threshold": 200000, "new_rate": 5e-06}}]}
   *         The pattern is a regular expression, searched in the names of models
   *         of spans that start at start_time or later (null: all); a rate is in
   *         USD a token. provider, start_time and threshold may be left out.
   * id      0 for a new model, which gets one; else the one to replace.
   * Errors: INVALID, NOT_FOUND, TOO_BIG (10,000 models), IO, BUSY, CORRUPT,
   *         INTERRUPTED.
   */
  phx_price_put: Call<(store: Pointer, json: string | null, size: Int64, id: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Deletes a user's model. Errors: NOT_FOUND, IO, BUSY, CORRUPT, INTERRUPTED.
   */
  phx_price_delete: Call<(store: Pointer, id: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * Prices the stored spans whose numbers are `from` or more, 0 for all, by the
   * list as it is now. Errors: IO, BUSY, CORRUPT, INTERRUPTED.
   */
  phx_prices_apply: Call<(store: Pointer, from: Int64, err: phx_error | phx_error[] | null) => number>;
  /**
   * What an LLM span that names its model cost, by type of token; no rows of
   * other spans. Errors: NOT_FOUND, IO, CORRUPT, INTERRUPTED.
   */
  phx_store_find_costs: Call<(store: Pointer, span: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * What an LLM span that names its model cost, by type of token; no rows of
   * other spans. Errors: NOT_FOUND, IO, CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_cost: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Reads the columns of all spans of the window, 8 bytes of memory each while
   * there are quantiles. Empty bins come too, the earliest first: up to 20,000.
   *
   * Errors: INVALID (bins without start_time), TOO_BIG (bins), IO, INTERRUPTED,
   *         CORRUPT.
   */
  phx_store_roll_up: Call<(store: Pointer, query: phx_rollup_query | phx_rollup_query[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Reads the columns of all spans of the window, 8 bytes of memory each while
   * there are quantiles. Empty bins come too, the earliest first: up to 20,000.
   *
   * Errors: INVALID (bins without start_time), TOO_BIG (bins), IO, INTERRUPTED,
   *         CORRUPT.
   */
  phx_cursor_next_rollup: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Checks a condition of the filter language.
   *
   * grain   PHX_FILTER_...
   * text    [size]; blank text chooses everything.
   * out     the condition in canonical form, or NULL.
   * Errors: INVALID (offset is the byte at fault; the message is one line of at
   *         most 300 characters).
   */
  phx_filter_check: Call<(grain: number, text: string | null, size: Int64, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Words for an editor of conditions: fields, functions and iterables; with a
   * store the names of annotations and the paths of attributes that there are.
   * Paths are those of the 64 blocks written last that have spans of the
   * project; of an array's elements the first is told.
   *
   * grain   PHX_FILTER_...
   * store   or NULL.
   * project whose annotations and attributes; 0: attributes of all, and no
   *         names of annotations.
   * limit   of annotations of each kind, and of attributes; 0: 1,000.
   * Errors: IO, INTERRUPTED, CORRUPT.
   */
  phx_filter_vocabulary: Call<(grain: number, store: Pointer, project: Int64, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Names that a project's annotations of a kind have, each once, in order of
   * their bytes.
   *
   * kind    PHX_SPAN_ANNOTATION ...; documents' names stand in no condition:
   *         their text is absent.
   * limit   0: 1,000.
   * Errors: IO, INTERRUPTED, CORRUPT.
   */
  phx_store_annotation_names: Call<(store: Pointer, kind: number, project: Int64, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Names that a project's annotations of a kind have, each once, in order of
   * their bytes.
   *
   * kind    PHX_SPAN_ANNOTATION ...; documents' names stand in no condition:
   *         their text is absent.
   * limit   0: 1,000.
   * Errors: IO, INTERRUPTED, CORRUPT.
   */
  phx_cursor_next_word: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Retention policies by number; `only` -1, or the one wanted. Errors: IO,
   * CORRUPT, INTERRUPTED.
   */
  phx_store_find_policies: Call<(store: Pointer, only: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Retention policies by number; `only` -1, or the one wanted. Errors: IO,
   * CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_policy: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Annotation configs by number, newest first. query NULL for all. Errors: IO,
   * CORRUPT, INTERRUPTED.
   */
  phx_store_find_configs: Call<(store: Pointer, query: phx_config_query | phx_config_query[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Annotation configs by number, newest first. query NULL for all. Errors: IO,
   * CORRUPT, INTERRUPTED.
   */
  phx_cursor_next_config: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Such records by number, newest first; what has joined its span is an event
   * of it. from: the first number that may come; 0 for no bound.
   * Errors: none more.
   */
  phx_store_find_logs: Call<(store: Pointer, from: Int64, limit: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * Errors: IO, INTERRUPTED, CORRUPT.
   */
  phx_cursor_next_log: Call<(cursor: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * The next rows of a cursor of spans, traces, sessions, projects, annotations
   * or findings as a JSON array of objects; or DONE. Members are the fields of
   * the struct: ns are texts of digits, what is absent or unasked is left out.
   * After a failure the cursor may only be closed.
   *
   * count   rows at most; fewer may come, of a MiB or a little more: DONE alone is
   *         the end.
   * Errors: IO, INTERRUPTED, CORRUPT, TOO_BIG (one row is over 1 GiB).
   */
  phx_cursor_next_json: Call<(cursor: Pointer, count: Int64, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  phx_cursor_close: Call<(cursor: Pointer) => void>;
  /**
   * Begins a table of spans as SpanQuery of Phoenix's client asks for it:
   * "select", "filter", "explode", "concat", "rename", "index". With nothing
   * selected it has a column for each field and each attribute, and the span
   * that starts last comes first; else spans come in order of their numbers.
   *
   * query   NULL for all spans, whole; copied.
   * Errors: INVALID (the message begins with the path of the wrong member),
   *         TOO_BIG (a query of over 1 MiB).
   */
  phx_store_open_frame: Call<(store: Pointer, query: phx_frame_query | phx_frame_query[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * The next piece of the table, of a MiB or a little more; or DONE. In Arrow,
   * lists and objects whose values are alike are lists and structs; cells that
   * are not, and what is nested deeper, are texts. The first chooses the spans and
   * looks at all of them; no later one shows a span that has come since. Between
   * calls no snapshot is held. After a failure a frame can only be closed.
   *
   * Errors: IO, INTERRUPTED, CORRUPT, TOO_BIG (over 4,096 columns).
   */
  phx_frame_next: Call<(frame: Pointer, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  phx_frame_close: Call<(frame: Pointer) => void>;
  /**
   * Spans as columns, batch by batch:
   *
   *     span_id, trace_id, parent_id     text, hex
   *     project, name                    text of a dictionary
   *     session_id                       the same, that of the trace
   *     span_kind, status_code           the same, "LLM", "OK"
   *     status_message                   text
   *     start_time, end_time             timestamp in ns, UTC
   *     latency_ms                       double
   *     prompt_tokens, completion_tokens int64
   *     attributes, events               text, JSON, "{}" or "[]" if there are none;
   *                                      not with PHX_ATTRIBUTES_NONE
   *     attributes.PATH                  by its type
   *
   * What a span lacks is null; so is a time after 2262. The store lives until the
   * stream is released. After a failure a stream may only be released.
   *
   * query   NULL for all; copied.
   * columns [count] attributes with columns of their own; copied.
   * out     released by whoever reads it. Its codes are those of errno: ENOMEM,
   *         EINVAL, ECANCELED (INTERRUPTED), EIO (IO, CORRUPT).
   * Errors: INVALID (a test's JSON, offset indexes tests; or a path that is not
   *         UTF-8), TOO_BIG (over 4,000 columns).
   */
  phx_store_export_arrow: Call<(store: Pointer, query: phx_span_query | phx_span_query[] | null, columns: phx_attribute_column | phx_attribute_column[] | null, count: Int64, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * The same columns as the bytes of a file. Errors: as phx_store_export_arrow.
   */
  phx_export_open: Call<(store: Pointer, query: phx_span_query | phx_span_query[] | null, columns: phx_attribute_column | phx_attribute_column[] | null, count: Int64, format: number, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * The next bytes, some MiB of them at most unless one span is larger; or DONE.
   * After a failure an export may only be closed.
   *
   * Errors: IO, INTERRUPTED, CORRUPT, TOO_BIG (texts of one span over 2 GiB).
   */
  phx_export_next: Call<(file: Pointer, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  phx_export_close: Call<(file: Pointer) => void>;
  /**
   * Writes whole traces, with what belongs to them (annotations, the descriptions
   * of projects), to a new file: a store that opens everywhere, read-only too. It
   * has numbers of its own, and is there whole or not at all. Until then it is
   * PATH-new, with PATH-new-begun beside it; what a crash leaves of that, the
   * next save to the path removes.
   *
   * query   chooses spans; their traces are written. NULL for all of the store.
   * Errors: CONFLICT (the file exists, or another PATH-new), BUSY (it is being
   *         saved), those of
   *         phx_store_find_spans, IO, INTERRUPTED, CORRUPT.
   */
  phx_store_save: Call<(store: Pointer, query: phx_span_query | phx_span_query[] | null, path: string | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Takes in what another store's file has that this one has not: once or twice,
   * that makes no difference. Of an annotation that both have the newer stays. The
   * file is verified first, and nothing is written to it.
   *
   * out     its spans, accepted and duplicate; or NULL.
   * Errors: NOT_FOUND, CORRUPT (the file, too: damaged or no store), UNSUPPORTED,
   *         IO, BUSY, INTERRUPTED.
   */
  phx_store_merge: Call<(store: Pointer, path: string | null, out: phx_ingest_report | phx_ingest_report[] | null, err: phx_error | phx_error[] | null) => number>;
  /**
   * Runs one statement of SQL that reads: SQLite's SELECT over the tables that
   * docs/sql.md names. Its rows are of one snapshot, which they hold until they
   * are closed; of a store in memory they hold all of it, and no other call on it
   * may be made before.
   *
   * sql     [size] copied.
   * values  [count] of the parameters ?1, ?2 ..., copied; NULL for none.
   * options NULL for the defaults.
   * Errors: INVALID (offset is where in sql; or it is not one statement that
   *         reads, or takes another count of values), TOO_BIG (over its memory),
   *         INTERRUPTED (its time is over, too), IO, CORRUPT.
   */
  phx_store_sql: Call<(store: Pointer, sql: string | null, size: Int64, values: phx_value | phx_value[] | null, count: Int64, options: phx_sql_options | phx_sql_options[] | null, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * How many values each row has.
   */
  phx_rows_columns: Call<(rows: Pointer) => Int64>;
  /**
   * The column's name, or NULL past the last. Lent until the rows are closed.
   */
  phx_rows_name: Call<(rows: Pointer, column: Int64) => string | null>;
  /**
   * Lends a row, its values in [phx_rows_columns], and returns OK; or returns
   * DONE and sets *out to NULL. A text that is not UTF-8 is PHX_BYTES.
   * Errors: INVALID (an operation cannot be done, as abs of the least integer),
   * TOO_BIG, INTERRUPTED, IO, CORRUPT.
   */
  phx_rows_next: Call<(rows: Pointer, out: Pointer, err: phx_error | phx_error[] | null) => number>;
  /**
   * The next rows as a JSON array of arrays; or DONE, as phx_cursor_next_json.
   * What JSON has no word for is an object: {"bytes": hex}, {"real": "Infinity"},
   * {"integer": "9007199254740993"} past 2^53, where doubles are not exact.
   *
   * Errors: as phx_rows_next: INVALID, TOO_BIG (one row over 1 GiB, too),
   *         INTERRUPTED, IO, CORRUPT.
   */
  phx_rows_next_json: Call<(rows: Pointer, count: Int64, out: phx_buf | phx_buf[] | null, err: phx_error | phx_error[] | null) => number>;
  phx_rows_close: Call<(rows: Pointer) => void>;
}

/** Loads the library and gives each function its types. */
export declare function bind(path: string): Library;
