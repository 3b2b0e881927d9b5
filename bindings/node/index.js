// libphoenix: takes in, keeps and gives back the traces of LLM programs.
//
//     const { Store } = require('libphoenix');   or import { Store } from ...
//
//     const store = new Store('traces.db');
//     store.ingest(request);
//     for (const span of store.spans({ filter: "span_kind == 'LLM'" }))
//       console.log(span.name, span.attributes);
'use strict';
const { library } = require('./library.js');
const { PhoenixError, NoMemory, Misuse, Invalid, NotFound, Conflict, TooBig,
  Busy, Interrupted, IO, Corrupt, Unsupported, Internal } =
  require('./errors.js');
const { Result, Rows } = require('./queries.js');
const { Annotation, Finding, Project, Session, Span, Trace } =
  require('./rows.js');
const { Store } = require('./store.js');
const { LiveSpan, Tracer } = require('./tracer.js');

const version = library.phx_version_text();

module.exports = {
  Annotation, Busy, Conflict, Corrupt, Finding, IO, Internal, Interrupted,
  Invalid, LiveSpan, Misuse, NoMemory, NotFound, PhoenixError, Project, Result,
  Rows, Session, Span, Store, TooBig, Trace, Tracer, Unsupported, version,
};
