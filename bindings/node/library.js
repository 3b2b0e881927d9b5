// The shared library, calls of it, the handles that it gives out.
//
// What may take long is written once, as a generator that yields its calls;
// `run` makes them here and now, `runAsync` on threads of libuv's pool.
'use strict';
const fs = require('fs');
const path = require('path');
const { isMainThread } = require('worker_threads');
const koffi = require('koffi');
const ffi = require('./ffi.js');
const { argumentsOf, checkMembers } = require('./arguments.js');
const { Misuse, errorOf, shown } = require('./errors.js');

const C = ffi.constants;
const MOST_AT_ONCE = 64; // on other threads; koffi refuses more than 256

/** That of LIBPHOENIX, the one this package carries, or the system's. */
function findLibrary() {
  const carried = path.join(__dirname, 'lib',
    `${process.platform}-${process.arch}`, 'libphoenix.so.0');
  return process.env.LIBPHOENIX ||
    (fs.existsSync(carried) ? carried : 'libphoenix.so.0');
}

function loadLibrary() {
  const loaded = ffi.bind(findLibrary());
  const version = loaded.phx_version();
  if (version < C.PHX_VERSION ||
      Math.trunc(version / 1e6) !== C.PHX_VERSION_MAJOR)
    throw new Error(`libphoenix is ${loaded.phx_version_text()}, which this ` +
      'package was not made for');
  return loaded;
}

const library = loadLibrary();

// --- handles -----------------------------------------------------------------

/** Handles that were not closed yet. */
const alive = new Set();

/** What the library made: freed when it is closed and no call uses it. */
class Owner {
  constructor(pointer, free) {
    this.pointer = pointer;
    this.free = free;
    this.uses = 0;
    this.isClosed = false;
    alive.add(this);
  }

  close() {
    this.isClosed = true;
    if (this.uses === 0 && alive.delete(this))
      this.free(this.pointer);
  }

  leave() {
    this.uses -= 1;
    if (this.isClosed) this.close();
  }
}

/** Closes what was dropped without close(). */
const dropped = new FinalizationRegistry((owner) => owner.close());

class Handle {
  #owner;

  constructor(pointer, free) {
    this.#owner = new Owner(pointer,
      typeof free === 'string' ? library[free] : free);
    dropped.register(this, this.#owner, this);
  }

  /** Its owner, which its caller leaves after the call, unless it is among
   * those that were entered. */
  enter(entered) {
    if (entered?.has(this.#owner)) return this.#owner;
    if (this.#owner.isClosed) throw new Misuse('it is closed');
    this.#owner.uses += 1;
    return this.#owner;
  }

  /** A call on it, to be yielded. */
  call(name, ...given) {
    return { name, given: [this, ...given] };
  }

  get isOpen() {
    return !this.#owner.isClosed;
  }

  /** Its pointer, which is the caller's to free from now on. */
  take() {
    const { pointer } = this.enter();
    this.#owner.isClosed = true;
    alive.delete(this.#owner);
    dropped.unregister(this);
    return pointer;
  }

  /** It goes when the calls that use it are over. */
  close() {
    dropped.unregister(this);
    this.#owner.close();
  }
}

// --- calls -------------------------------------------------------------------

function checked(status, err) {
  if (status < 0) throw errorOf(err);
  return status;
}

/** Calls what can fail, without a handle; its status, if it did not. */
function call(name, ...given) {
  const err = {};
  return checked(
    library[name](...argumentsOf(library[name], [...given, err])), err);
}

/** What is given, with handles as their pointers. They are entered once, and
 * are left by who has the set of them. */
function enter(given, owners) {
  return given.map((one) => {
    if (!(one instanceof Handle)) return one;
    const owner = one.enter(owners);
    owners.add(owner);
    return owner.pointer;
  });
}

function leave(owners) {
  for (const owner of owners) owner.leave();
}

function callHere({ name, given }) {
  const owners = new Set();
  try {
    return call(name, ...enter(given, owners));
  } finally {
    leave(owners);
  }
}

let running = 0;
const waiting = [];

/** On a thread of the pool; in a Worker here and now: koffi ends the process
 * for a call that still runs when its Worker is ended. */
async function callElsewhere({ name, given }, owners) {
  if (!isMainThread) return call(name, ...enter(given, owners));
  const err = {};
  const all = argumentsOf(library[name], [...enter(given, owners), err]);
  if (running === MOST_AT_ONCE)
    await new Promise((resolve) => waiting.push(resolve));
  else
    running += 1;
  try {
    return await new Promise((resolve, reject) => {
      library[name].async(...all, (failure, status) => {
        // `all` is held until here: the call reads bytes that are in it.
        if (failure) reject(failure);
        else if (status < 0) reject(errorOf(all.at(-1)));
        else resolve(status);
      });
    });
  } finally {
    if (waiting.length > 0) waiting.shift()();
    else running -= 1;
  }
}

/** What a generator of calls returns, the calls made one after the other. */
function run(steps) {
  let step = steps.next();
  while (!step.done) {
    let status;
    try {
      status = callHere(step.value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(status);
  }
  return step.value;
}

/** The same as a promise, without holding up the loop. What it has called on
 * stays open until its end. */
async function runAsync(steps) {
  const owners = new Set();
  try {
    let step = steps.next();
    while (!step.done) {
      let status;
      try {
        status = await callElsewhere(step.value, owners);
      } catch (error) {
        step = steps.throw(error);
        continue;
      }
      step = steps.next(status);
    }
    return step.value;
  } finally {
    leave(owners);
  }
}

/** Opens what a call makes. */
function* open(free, made) {
  const out = [null];
  made.given.push(out);
  yield made;
  return new Handle(out[0], free);
}

/** Makes a call that writes text to what it takes last: its status, and that
 * text, whose memory is given back whatever happens. */
function* told(made) {
  const buf = { data: null, size: 0, capacity: 0 };
  made.given.push(buf);
  try {
    const status = yield made;
    return { status, report: buf.data === null ? ''
      : koffi.decode(buf.data, 'char', Number(buf.size)) };
  } finally {
    library.phx_buf_free(buf);
  }
}

/** Gives a class methods that are written as generators of calls, and the same
 * as promises under `promises`. */
function define(kind, methods) {
  for (const [name, steps] of Object.entries(methods))
    Object.defineProperty(kind.prototype, name, {
      value: function method(...given) {
        return shown(method, () => run(steps.apply(this, given)));
      },
      writable: true, configurable: true,
    });
  const above = Object.getPrototypeOf(kind.prototype);
  Object.defineProperty(kind.prototype, 'promises', {
    get() {
      return { ...Reflect.get(above, 'promises', this),
        ...Object.fromEntries(Object.entries(methods).map(([name, steps]) =>
          [name, (...given) => runAsync(steps.apply(this, given))])) };
    },
    configurable: true,
  });
}

// --- values, as the library takes and gives them -----------------------------

/** A struct's members as its PHX_..._INIT has them, and what is given. */
function struct(name, given) {
  const all = { size: koffi.sizeof(name), ...given };
  checkMembers(name, all);
  return all;
}

/** A text, absent for none. */
function text(given, name = 'it') {
  if (given === undefined || given === null) return { data: null, size: 0 };
  if (typeof given !== 'string')
    throw new TypeError(`${name} is a text, not ${typeof given}`);
  return { data: given, size: Buffer.byteLength(given) };
}

/** A Date, or nanoseconds since 1970 as a bigint. */
function nanoseconds(name, time) {
  if (typeof time === 'bigint') return time;
  if (!(time instanceof Date))
    throw new TypeError(`${name} is a Date or a bigint, not ${typeof time}`);
  if (Number.isNaN(time.getTime()))
    throw new RangeError(`${name} is an invalid Date`);
  return BigInt(time.getTime()) * 1000000n;
}

/** An array of texts and its size, as two members of a query. */
function texts(name, given = []) {
  if (!Array.isArray(given)) throw new TypeError(`${name}s are an array`);
  const all = given.map((one) => text(one, name));
  return { [`${name}s`]: all.length > 0 ? all : null,
    [`${name}_count`]: all.length };
}

/** Throws if an object of options has more than those that a call took out. */
function refuse(call, more) {
  const [name] = Object.keys(more);
  if (name === undefined) return;
  throw new TypeError(/^\d/.test(name)
    ? `${call} takes its options as an object`
    : `${call} has no option '${name}'`);
}

/** The constant for a word. */
function choose(choices, given, what) {
  if (typeof given !== 'string' || !Object.hasOwn(choices, given))
    throw new TypeError(`${what} is one of ${Object.keys(choices)
      .map((word) => `'${word}'`).join(', ')}, not ${String(given)}`);
  return choices[given];
}

module.exports = {
  C, Handle, alive, call, callHere, choose, define, library, nanoseconds, open, refuse,
  run, runAsync, struct, text, texts, told,
};
