// The cases by koffi: the generated layer, without the package on top of it.
//
//     LIBPHOENIX=.../libphoenix.so.0 node run_node.js
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const { isDeepStrictEqual } = require('util');
const koffi = require('koffi');
const api = require('../../../bindings/api.json');
const ffi = require('../../../bindings/node/ffi.js');
const file = require('./cases.json');

const library = ffi.bind(process.env.LIBPHOENIX);
const byName = (items) => new Map(items.map((item) => [item.name, item]));
const functions = byName(api.functions);
const structs = byName(api.structs);
const handles = byName(api.handles);
const isVariable = (value) => typeof value === 'string' && value[0] === '$';

class Wrong extends Error {}

function bytesOf(value) {
  if (typeof value === 'string' && value[0] === '@')
    value = file.texts[value.slice(1)];
  if (value && value.hex !== undefined)
    return Buffer.from(value.hex.replaceAll(' ', ''), 'hex');
  if (Array.isArray(value) && value.length > 0 &&
      value.every((line) => typeof line === 'string'))
    value = value.join('\n');
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

/** A phx_text or phx_buf, or null if it is absent. */
function textOf({ data, size }) {
  if (data === null || Number(size) === 0)
    return data && '';
  return Buffer.from(koffi.decode(data, koffi.array('uint8_t', Number(size),
    'Typed'))).toString();
}

class Case {
  constructor() {
    this.variables = new Map();
  }

  number(value) {
    if (isVariable(value))
      return this.variables.get(value);
    if (typeof value !== 'string')
      return value;
    return ffi.constants[value] ?? BigInt(value);
  }

  bytes(value) {
    if (value === null || value === undefined)
      return null;
    return isVariable(value) ? Buffer.from(this.variables.get(value))
      : bytesOf(value);
  }

  // --- what is given -------------------------------------------------------

  text(value) {
    const data = this.bytes(value);
    return { data, size: data === null ? 0 : data.length };
  }

  item(given, value) {
    if (given.type === 'phx_text')
      return this.text(value);
    return structs.has(given.type) ? this.struct(given.type, value)
      : this.number(value);
  }

  field(given, value) {
    if (given.type === 'char')
      return value === undefined ? null : Buffer.concat([this.bytes(value),
        Buffer.alloc(1)]);
    if (given.pointers)
      return value === undefined ? null
        : value.map((item) => this.item(given, item));
    if (value === undefined)
      return structs.has(given.type) ? this.struct(given.type, {})
        : given.type.endsWith('_fn') ? null : 0;
    return this.item(given, value);
  }

  struct(kind, value) {
    const { fields, init = {}, size } = structs.get(kind);
    if (kind === 'phx_text')
      return this.text(null);
    return Object.fromEntries(fields.map((field) => {
      const { name, counts } = field;
      if (name === 'size' && field.offset === 0)
        return [name, size];
      return [name, value[name] === undefined && value[counts]
        ? value[counts].length : this.field(field, value[name] ?? init[name])];
    }));
  }

  argument(given, value) {
    if (value === undefined || value === null)
      return given.pointers || given.type.endsWith('_fn') ? null : 0;
    if (given.type === 'char')
      return this.bytes(value).toString();
    if (given.type === 'void')
      return this.bytes(value);
    if (Array.isArray(value))
      return value.map((item) => this.item(given, item));
    return this.item(given, value);
  }

  // --- what comes back -----------------------------------------------------

  expect(where, given, actual, expected) {
    const { type, pointers } = given;
    if (isVariable(expected)) {
      if (!this.variables.has(expected))
        this.variables.set(expected, actual);
      this.same(where, actual, this.variables.get(expected));
    } else if (type === 'char') {
      this.expectText(where, actual, expected);
    } else if (type === 'phx_text' && !pointers) {
      this.expectText(where, textOf(actual), expected);
    } else if (pointers && (actual === null || expected === null)) {
      this.same(where, actual, expected);
    } else if (pointers) {
      const bare = { ...given, pointers: 0 };
      const items = [].concat(expected);
      koffi.decode(actual, type === 'phx_id' ? 'int64_t' : type, items.length)
        .forEach((item, i) => this.expect(`${where}[${i}]`, bare, item,
          items[i]));
    } else if (structs.has(type)) {
      for (const [name, item] of Object.entries(expected)) {
        const field = structs.get(type).fields.find((f) => f.name === name);
        this.expect(`${where}.${name}`, field, actual[name], item);
      }
    } else if (expected === 'NaN') {
      this.same(where, Number.isNaN(actual), true);
    } else {
      const wanted = this.number(expected);
      const exact = typeof actual === 'bigint' || typeof wanted === 'bigint';
      this.same(where, exact ? BigInt(actual) : actual,
        exact ? BigInt(wanted) : wanted);
    }
  }

  same(where, actual, expected) {
    if (!isDeepStrictEqual(actual, expected))
      throw new Wrong(`${where}: ${actual}, not ${expected}`);
  }

  expectText(where, actual, expected) {
    if (actual === null || expected === null)
      this.same(where, actual, expected);
    else if (expected.has !== undefined)
      this.same(`${where}: ${actual} has ${expected.has}`,
        actual.includes(expected.has), true);
    else if (typeof expected === 'string')
      this.same(where, actual, bytesOf(expected).toString());
    else
      this.same(where, JSON.parse(actual), expected);
  }

  // --- a call --------------------------------------------------------------

  /** What the call writes to. */
  place(given, gives, first) {
    if (given.type === 'ArrowArrayStream')
      return Buffer.alloc(structs.get(given.type).size);
    if (given.type === 'phx_buf')
      return { data: null, size: 0, capacity: 0 };
    if (Array.isArray(gives) && given.pointers === 1)
      return gives.map(() => structs.has(given.type)
        ? this.struct(given.type, {}) : 0);
    if (structs.has(given.type) && given.pointers === 1)
      return {};
    return [first ?? (given.pointers === 1 ? 0 : null)];
  }

  call(name, given = {}, gives = {}) {
    const { parameters, can_fail: canFail, returns } = functions.get(name);
    const written = [];
    const values = parameters.map((parameter) => {
      const key = parameter.name;
      if (parameter.written) {
        const place = this.place(parameter, gives[key], given[key]);
        written.push([parameter, place]);
        return place;
      }
      if (parameter.counts && given[key] === undefined) {
        const value = given[parameter.counts];
        return key === 'count' ? (value ?? []).length
          : value === undefined ? 0 : this.bytes(value).length;
      }
      return this.argument(parameter, given[key]);
    });
    const result = library[name](...values);
    if (canFail)
      this.same(`${name} ${written.at(-1)[1].message}`, result,
        ffi.constants[gives.status ?? 'PHX_OK']);
    else if (gives.returns !== undefined)
      this.expect(name, returns, result, gives.returns);
    for (const [parameter, place] of written)
      this.finish(`${name}: ${parameter.name}`, parameter, place,
        gives[parameter.name === 'err' ? 'error' : parameter.name]);
  }

  finish(where, given, place, expected) {
    if (handles.has(given.type) && expected !== undefined) {
      this.variables.set(expected, place[0]);
    } else if (given.type === 'ArrowArrayStream') {
      const { release } = koffi.decode(place, 'ArrowArrayStream');
      koffi.call(release, koffi.proto('void (void *)'), place);
    } else if (given.type === 'phx_buf') {
      if (expected !== undefined)
        this.expectText(where, textOf(place), expected);
      library.phx_buf_free(place);
    } else if (expected !== undefined && !Array.isArray(place)) {
      this.expect(where, { ...given, pointers: 0 }, place, expected);
    } else if (expected !== undefined && given.pointers === 1 &&
               Array.isArray(expected)) {
      expected.forEach((item, i) => this.expect(`${where}[${i}]`,
        { ...given, pointers: 0 }, place[i], item));
    } else if (expected !== undefined) {
      this.expect(where, { ...given, pointers: given.pointers - 1 }, place[0],
        expected);
    }
  }
}

/** Blocks of memory that the library holds, if it was built to tell. */
const blocks = (() => {
  try {
    return koffi.load(process.env.LIBPHOENIX)
      .func('int64_t test_blocks(void)');
  } catch {
    return () => 0;
  }
})();

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cases-'));
process.chdir(folder);
let failed = 0;
for (const { name, calls } of file.cases) {
  const run = new Case();
  const before = Number(blocks());
  let at = 0;
  try {
    for (const call of calls) {
      at += 1;
      run.call(...call);
    }
    run.same('blocks of memory that are left', Number(blocks()) - before, 0);
  } catch (wrong) {
    failed += 1;
    console.log(`${name}: ${at} ${wrong instanceof Wrong ? wrong.message
      : wrong.stack}`);
  }
}
process.chdir('/');
fs.rmSync(folder, { recursive: true });
console.log(`${file.cases.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
