// What is thrown when a call of the library fails: a class for each status.
'use strict';
const { constants } = require('./ffi.js');

class PhoenixError extends Error {
  constructor(message, { offset, osCode = 0 } = {}) {
    super(message);
    this.offset = offset;
    this.osCode = osCode;
  }

  get name() {
    return this.constructor.name;
  }

  get code() {
    return this.constructor.code;
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

const KINDS = [NoMemory, Misuse, Invalid, NotFound, Conflict, TooBig, Busy,
  Interrupted, IO, Corrupt, Unsupported, Internal];
const BY_STATUS = new Map(KINDS.map((kind) => {
  // NoMemory is PHX_NO_MEMORY.
  kind.code = `PHX_${kind.name.replace(/\B[A-Z](?=[a-z])/g, '_$&')}`
    .toUpperCase();
  return [constants[kind.code], kind];
}));

/** The exception that says what a failed call wrote. */
function errorOf(err) {
  const kind = BY_STATUS.get(err.status) ?? Internal;
  const offset = Number(err.offset);
  return new kind(err.message,
    { offset: offset < 0 ? undefined : offset, osCode: err.os_code });
}

module.exports = {
  PhoenixError, NoMemory, Misuse, Invalid, NotFound, Conflict, TooBig, Busy,
  Interrupted, IO, Corrupt, Unsupported, Internal, errorOf,
};
