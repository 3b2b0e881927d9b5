// What is thrown when a call of the library fails: a class for each status.
'use strict';
const { constants } = require('./ffi.js');

class PhoenixError extends Error {
  constructor(message, { offset, osCode = 0 } = {}) {
    super(message);
    this.offset = offset;
    this.osCode = osCode;
  }
}

class NoMemory extends PhoenixError {}
class Misuse extends PhoenixError {}
class Invalid extends PhoenixError {}
class NotFound extends PhoenixError {}
class Conflict extends PhoenixError {}
class TooBig extends PhoenixError {}
class Busy extends PhoenixError {}
class Interrupted extends PhoenixError {}
class IO extends PhoenixError {}
class Corrupt extends PhoenixError {}
class Unsupported extends PhoenixError {}
class Internal extends PhoenixError {}

// In words, which stay what they are where a bundler renames classes.
const KINDS = [
  ['NoMemory', 'PHX_NO_MEMORY', NoMemory],
  ['Misuse', 'PHX_MISUSE', Misuse],
  ['Invalid', 'PHX_INVALID', Invalid],
  ['NotFound', 'PHX_NOT_FOUND', NotFound],
  ['Conflict', 'PHX_CONFLICT', Conflict],
  ['TooBig', 'PHX_TOO_BIG', TooBig],
  ['Busy', 'PHX_BUSY', Busy],
  ['Interrupted', 'PHX_INTERRUPTED', Interrupted],
  ['IO', 'PHX_IO', IO],
  ['Corrupt', 'PHX_CORRUPT', Corrupt],
  ['Unsupported', 'PHX_UNSUPPORTED', Unsupported],
  ['Internal', 'PHX_INTERNAL', Internal],
];
const BY_STATUS = new Map(KINDS.map(([, code, kind]) =>
  [constants[code], kind]));

for (const [name, code, kind] of [
  ['PhoenixError', undefined, PhoenixError], ...KINDS])
  Object.defineProperties(kind.prototype, {
    name: { value: name, writable: true, configurable: true },
    code: { value: code, writable: true, configurable: true },
  });

const WIDEST = 80; // characters of a line that is shown

/** A byte of a text, for people: its line, its column, what is there. */
function placeIn(text, offset) {
  const above = Buffer.from(text).subarray(0, offset).toString().split('\n');
  const column = above.at(-1).length;
  const line = text.split('\n')[above.length - 1];
  const first = Math.max(0, column - WIDEST / 2);
  return `line ${above.length}, column ${column + 1}: ` +
    `"${line.slice(first, first + WIDEST)}"`;
}

/** What a call that reads a text returns, or an error that tells where in it
 * that is. */
function placed(text, call) {
  try {
    return call();
  } catch (error) {
    throw placedError(error, text);
  }
}

function placedError(error, text) {
  if (error instanceof PhoenixError && error.offset !== undefined &&
      text !== undefined) {
    error.message += ` (${placeIn(text, error.offset)})`;
    Error.captureStackTrace(error, placedError);
  }
  return error;
}

/** What a call returns, or an error whose stack begins where `from`, which is
 * public, was called. */
function shown(from, call) {
  try {
    return call();
  } catch (error) {
    if (error instanceof PhoenixError) Error.captureStackTrace(error, from);
    throw error;
  }
}

/** The exception that says what a failed call wrote. */
function errorOf(err) {
  const kind = BY_STATUS.get(err.status) ?? Internal;
  const offset = Number(err.offset);
  return new kind(err.message,
    { offset: offset < 0 ? undefined : offset, osCode: err.os_code });
}

module.exports = {
  PhoenixError, NoMemory, Misuse, Invalid, NotFound, Conflict, TooBig, Busy,
  Interrupted, IO, Corrupt, Unsupported, Internal, errorOf, placed, placedError,
  shown,
};
