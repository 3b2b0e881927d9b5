// What Store.spans() and its like return: a query that can be read many times,
// row by row, a page of them in memory at a time.
'use strict';
const { inspect } = require('util');
const { checkFlag } = require('./arguments.js');
const { C, define, library, open, refuse, run, runAsync, struct, text,
  told } = require('./library.js');
const { placedError } = require('./errors.js');

const PAGE = 256; // rows; a page ends at a MiB, too

class Rows {
  #reading;

  /** reading.open(most): steps that return a handle; reading.read: the call
   * that gives its next page; reading.make(handle): how a row is made;
   * reading.isWhole: all must be read before any other call. */
  constructor(store, reading) {
    this.#reading = reading;
    Object.defineProperty(this, 'store', { value: store });
  }

  /** Steps that return a handle. */
  * open(most) {
    return yield* this.#reading.open(most);
  }

  * #page(handle) {
    const { status, report } =
      yield* told(handle.call(this.#reading.read, PAGE));
    return status === C.PHX_OK ? JSON.parse(report) : null;
  }

  * [Symbol.iterator]() {
    if (this.#reading.isWhole) return yield* this.all();
    const handle = run(this.open());
    try {
      const make = this.#reading.make(handle);
      let page;
      while ((page = run(this.#page(handle))) !== null)
        for (const row of page) yield make(row);
    } finally {
      handle.close();
    }
  }

  async * [Symbol.asyncIterator]() {
    if (this.#reading.isWhole) return yield* this.all();
    const handle = await runAsync(this.open());
    try {
      const make = this.#reading.make(handle);
      let page;
      while ((page = await runAsync(this.#page(handle))) !== null)
        for (const row of page) yield make(row);
    } finally {
      handle.close();
    }
  }

  * #pages(most) {
    const handle = yield* this.open(most);
    const rows = [];
    try {
      const make = this.#reading.make(handle);
      let page;
      while (rows.length < most &&
             (page = yield* this.#page(handle)) !== null)
        for (const row of page) rows.push(make(row));
    } finally {
      handle.close();
    }
    return rows;
  }

  /** Steps that read up to so many rows. */
  * read(most) {
    return this.#reading.isWhole ? run(this.#pages(most))
      : yield* this.#pages(most);
  }

  [inspect.custom]() {
    return `${this.constructor.name} of ${inspect(this.store)}`;
  }
}

define(Rows, {
  /** The first, or undefined if there is none. */
  * first() {
    return (yield* this.read(1))[0];
  },

  /** All of them, in an array. */
  * all() {
    return yield* this.read(Infinity);
  },
});

/** Rows of a cursor. find(limit): steps that return the call that opens it; a
 * limit of 0 is for all. */
function rowsOf(store, kind, find, limit = Infinity) {
  return new Rows(store, {
    * open(most = Infinity) {
      const rows = Math.min(limit, most);
      return yield* open('phx_cursor_close',
        yield* find(rows === Infinity ? 0 : rows));
    },
    read: 'phx_cursor_next_json',
    make: () => (row) => new kind(row, store),
  });
}

// --- SQL ---------------------------------------------------------------------

/** A parameter as the library takes it. */
function valueOf(given) {
  if (given === null || given === undefined) return { type: C.PHX_NULL };
  if (typeof given === 'bigint') {
    if (BigInt.asIntN(64, given) !== given)
      throw new RangeError(`${given} is over 64 bits`);
    return { type: C.PHX_INTEGER, integer: given };
  }
  if (typeof given === 'boolean')
    return { type: C.PHX_INTEGER, integer: Number(given) };
  if (typeof given === 'number')
    return Number.isSafeInteger(given) && !Object.is(given, -0)
      ? { type: C.PHX_INTEGER, integer: given }
      : { type: C.PHX_REAL, real: given };
  if (typeof given === 'string') return { type: C.PHX_TEXT, text: text(given) };
  if (given instanceof Uint8Array)
    return { type: C.PHX_BYTES, text: { data: given, size: given.length } };
  throw new TypeError(`SQL has no ${typeof given}`);
}

/** A cell of a page of rows: see phx_rows_next_json. */
function cellOf(given) {
  if (given === null || typeof given !== 'object') return given;
  if (given.bytes !== undefined) return Buffer.from(given.bytes, 'hex');
  return given.integer !== undefined ? BigInt(given.integer)
    : Number(given.real);
}

/** The names of the columns of open rows. */
function columnsOf(handle) {
  const owner = handle.enter();
  try {
    return Array.from(
      { length: Number(library.phx_rows_columns(owner.pointer)) },
      (_, i) => library.phx_rows_name(owner.pointer, i));
  } finally {
    owner.leave();
  }
}

/** Rows of one statement. */
class Result extends Rows {
  constructor(store, statement, values, { timeout = 0, memory = 0,
    arrays = false, ...more } = {}) {
    refuse('sql()', more);
    checkFlag('arrays', arrays);
    if (!Array.isArray(values)) throw new TypeError('values are an array');
    const made = values.map(valueOf);
    const limits = struct('phx_sql_options', { timeout, memory });
    super(store, {
      * open() {
        try {
          return yield* open('phx_rows_close', store.handle.call(
            'phx_store_sql', statement, made, made.length, limits));
        } catch (error) {
          throw placedError(error, statement);
        }
      },
      read: 'phx_rows_next_json',
      make(handle) {
        const names = columnsOf(handle);
        return arrays ? (row) => row.map(cellOf) : (row) => Object.fromEntries(
          row.map((cell, i) => [names[i], cellOf(cell)]));
      },
      isWhole: store.isInMemory,
    });
  }
}

define(Result, {
  /** The names of the columns. */
  * columns() {
    const handle = yield* this.open();
    try {
      return columnsOf(handle);
    } finally {
      handle.close();
    }
  },
});

module.exports = { Result, Rows, rowsOf };
