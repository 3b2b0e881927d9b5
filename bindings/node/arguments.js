// What a call may be given. koffi takes a number for an address, ends a text at
// its first NUL and cuts a number to its type: so all of it is looked at
// before, by the types of the parameters and of the members of structs.
'use strict';
const koffi = require('koffi');
const { parameters } = require('./ffi.js');

const WHOLE = {
  Int32: [-(2n ** 31n), 2n ** 31n - 1n], UInt32: [0n, 2n ** 32n - 1n],
  Int64: [-(2n ** 63n), 2n ** 63n - 1n], UInt64: [0n, 2n ** 64n - 1n],
};
/** What callers know by another name than C does. */
const NAMES = { position: 'document', start_time: 'start', end_time: 'end',
  llm_calls: 'calls', latency: 'ms' };

function nameOf(inC) {
  return NAMES[inC] ??
    inC.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
}

function isNone(given) {
  return given === null || given === undefined;
}

function refused(name, wanted, given) {
  return new TypeError(`${name} is ${wanted}, not ${typeof given}`);
}

/** A text that ends at its first NUL in C, or none. */
function checkText(name, given) {
  if (isNone(given)) return;
  if (typeof given !== 'string') throw refused(name, 'a text', given);
  if (given.includes('\0'))
    throw new TypeError(`${name} has a NUL at ${given.indexOf('\0')}`);
}

/** What goes with its size. */
function checkSized(name, given) {
  if (typeof given !== 'string' && !(given instanceof Uint8Array))
    throw refused(name, 'a text or bytes', given);
}

function checkReal(name, given) {
  if (typeof given !== 'number') throw refused(name, 'a number', given);
}

function checkFlag(name, given) {
  if (typeof given !== 'boolean') throw refused(name, 'true or false', given);
}

function checkWhole([least, most]) {
  return (name, given) => {
    if (typeof given !== 'bigint' && typeof given !== 'number')
      throw refused(name, 'a whole number', given);
    if (typeof given === 'number' && !Number.isInteger(given) ||
        given < least || given > most)
      throw new RangeError(
        `${name} is ${given}, no whole number from ${least} to ${most}`);
  };
}

/** One, as many as there are in an array, or what memory holds. */
function checkPointer(ref) {
  const { primitive } = koffi.introspect(ref);
  const isStruct = primitive === 'Record';
  const checkOne = isStruct || WHOLE[primitive] ? checkOf(ref) : undefined;
  return (name, given) => {
    if (isNone(given)) return;
    if (typeof given !== 'object' && typeof given !== 'string')
      throw refused(name, 'no address', given);
    const all = Array.isArray(given) ? given : isStruct ? [given] : [];
    for (const one of all) checkOne?.(name, one);
  };
}

function checkStruct(members) {
  const checks = Object.values(members)
    .map(({ name, type }) => [name, checkOf(type)])
    .filter(([, check]) => check !== undefined);
  return (_, given) => {
    for (const [member, check] of checks)
      if (given?.[member] !== undefined) check(nameOf(member), given[member]);
  };
}

const made = new Map();

/** How what is given for a type is checked, if it is. */
function checkOf(type) {
  const { name, primitive, ref, members } = koffi.introspect(type);
  if (!made.has(name)) made.set(name,
    WHOLE[primitive] ? checkWhole(WHOLE[primitive])
      : primitive === 'Float64' ? checkReal
        : primitive === 'String' ? checkText
          : primitive === 'Record' ? checkStruct(members)
            : primitive === 'Pointer' ? checkPointer(ref)
              : undefined);
  return made.get(name);
}

const known = new WeakMap();

/** What a function takes: [name, check], or undefined for a size, which is not
 * given: it is that of what stands before it. */
function parametersOf(call) {
  const names = parameters[call.info.name];
  return call.info.arguments.map((type, i) => names[i] === null ? undefined
    : [nameOf(names[i]), names[i + 1] === null ? checkSized : checkOf(type)]);
}

/** All that a function takes, with the sizes of texts and bytes, or a TypeError
 * or a RangeError that names what it cannot take. */
function argumentsOf(call, given) {
  if (!known.has(call)) known.set(call, parametersOf(call));
  const all = [];
  let next = 0;
  for (const parameter of known.get(call)) {
    if (parameter === undefined) {
      all.push(Buffer.byteLength(all.at(-1)));
      continue;
    }
    const [name, check] = parameter;
    check?.(name, given[next]);
    all.push(given[next]);
    next += 1;
  }
  return all;
}

/** A struct's members, which it has. */
function checkMembers(name, given) {
  (made.get(name) ?? checkOf(koffi.resolve(name)))(name, given);
}

module.exports = { argumentsOf, checkFlag, checkMembers, checkText };
