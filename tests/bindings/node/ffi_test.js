// The generated koffi layer: layouts, errors, handles, rows, buffers.
'use strict';
const assert = require('assert');
const test = require('node:test');
const koffi = require('koffi');
const api = require('../../../bindings/api.json');
const ffi = require('../../../bindings/node/ffi.js');
const library = ffi.bind(process.env.LIBPHOENIX);
const C = ffi.constants;

function fails(status, name, ...given) {
  const err = {};
  assert.strictEqual(library[name](...given, err), status);
  return err;
}

function call(name, ...given) {
  const err = {};
  const status = library[name](...given, err);
  assert(status >= 0, err.message);
  return status;
}

test('every function is bound', () => {
  assert.deepStrictEqual(Object.keys(library),
    api.functions.map((f) => f.name));
});

test('every struct has the layout it has in C', () => {
  for (const { name, size, fields } of api.structs) {
    assert.strictEqual(koffi.sizeof(ffi.structs[name]), size, name);
    for (const field of fields)
      assert.strictEqual(koffi.offsetof(ffi.structs[name], field.name),
        field.offset, `${name}.${field.name}`);
  }
});

test('errors have a message and an offset', () => {
  const text = 'a =! b';
  const err = fails(C.PHX_INVALID, 'phx_filter_check', C.PHX_FILTER_SPANS,
    text, text.length, null);
  assert.strictEqual(Number(err.offset), 2);
  assert(err.message.length > 0);
});

test('spans go in and come out', () => {
  const spans = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [
    { name: 'caf\u00e9', traceId: '01', spanId: '02' }] }] }] });
  const bytes = Buffer.from(spans);
  const out = [null];
  const report = {};
  call('phx_store_open', 'sqlite::memory:', null, out);
  const store = out[0];
  call('phx_store_ingest', store, null, C.PHX_OTLP_JSON, bytes, bytes.length,
    report);
  assert.strictEqual(Number(report.accepted), 1);
  call('phx_store_find_spans', store, null, out);
  const cursor = out[0];
  library.phx_store_close(store);
  assert.strictEqual(call('phx_cursor_next_span', cursor, out), C.PHX_OK);
  const { name } = koffi.decode(out[0], 'phx_span');
  assert.strictEqual(koffi.decode(name.data, 'char', Number(name.size)),
    'caf\u00e9');
  assert.strictEqual(call('phx_cursor_next_span', cursor, out), C.PHX_DONE);
  library.phx_cursor_close(cursor);
});

test('a buffer is written and freed', () => {
  const buf = { data: null, size: 0, capacity: 0 };
  call('phx_attributes_unflatten', '{"a.b": 1}', 10, buf);
  assert.strictEqual(koffi.decode(buf.data, 'char', Number(buf.size)),
    '{"a":{"b":1}}');
  library.phx_buf_free(buf);
  assert.strictEqual(buf.data, null);
});
