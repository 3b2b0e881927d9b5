// Requests in a line, and stores for them.
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const { Store } = require('libphoenix');

const ROOT = path.resolve(__dirname, '../../..');
const BASE = 1760000000000000000n;

function hex(number, size) {
  return number.toString(16).padStart(2 * size, '0');
}

function valueOf(value) {
  return typeof value === 'string' ? { stringValue: value }
    : { intValue: String(value) };
}

/** A span as OTLP/JSON has it. */
function span(number,
  { parent, trace = 1, kind, attributes = {}, ...more } = {}) {
  const all = kind ? { 'openinference.span.kind': kind, ...attributes }
    : attributes;
  const start = BASE + BigInt(number) * 1000001n;
  return { traceId: hex(trace, 16), spanId: hex(number, 8),
    parentSpanId: parent ? hex(parent, 8) : '', name: 'step',
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 250000000n),
    attributes: Object.entries(all).map(([key, value]) =>
      ({ key, value: valueOf(value) })), ...more };
}

function request(...spans) {
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

function send(store, ...spans) {
  return store.ingest(request(...spans),
    { format: 'otlp-json', project: 'town' });
}

/** A store in memory, and a folder, for one test. */
function stand(t) {
  const store = new Store(':memory:');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'phoenix-node-'));
  t.after(() => {
    store.close();
    fs.rmSync(folder, { recursive: true });
  });
  return { store, folder, file: (name) => path.join(folder, name) };
}

module.exports = { BASE, ROOT, hex, request, send, span, stand };
