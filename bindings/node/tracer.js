// Tracer: a program traces itself, without an SDK.
//
//     tracer.span('agent', { kind: 'AGENT' }).run(() => {
//       tracer.span('answer', { kind: 'LLM' }).run((span) =>
//         span.setAttribute('llm.model_name', 'm1'));
//     });
'use strict';
const { AsyncLocalStorage } = require('async_hooks');
const { C, call, callHere, choose, library, nanoseconds, open, refuse, run,
  struct } = require('./library.js');
const { STATUSES } = require('./rows.js');

const STATUSES_BY_NAME = Object.fromEntries(
  STATUSES.map((name, at) => [name, at]));
const MESSAGES = { input: C.PHX_INPUT_MESSAGES,
  output: C.PHX_OUTPUT_MESSAGES };

/** The innermost span that runs, which new ones are below. */
const current = new AsyncLocalStorage();

/** A span that nobody can end any more ends: that is what frees it. */
function endDropped(pointer) {
  library.phx_span_end(pointer, 0, {});
}

/** What is thrown, in texts that C can hold. */
function told(error) {
  const texts = [error?.name ?? typeof error, error?.message ?? error,
    error?.stack ?? ''];
  return texts.map((text) => String(text).replaceAll('\0', ' '));
}

/** A span that was started. It ends by end(), or behind what it runs. */
class LiveSpan {
  #handle;

  constructor(tracer, handle) {
    this.#handle = handle;
    Object.defineProperty(this, 'tracer', { value: tracer });
    const owner = handle.enter();
    // The headers of W3C trace context for a program that is called.
    this.traceparent = library.phx_span_traceparent(owner.pointer);
    this.tracestate = library.phx_span_tracestate(owner.pointer);
    owner.leave();
  }

  /** The call that starts a span below it, also if it has ended. */
  static callBelow(span, tracer, name) {
    return span.#handle.isOpen
      ? tracer.call('phx_span_start', name, span.#handle)
      : tracer.call('phx_span_start_remote', name, span.traceparent,
        span.tracestate);
  }

  /** It is gone, and not stored. */
  static discard(span) {
    library.phx_span_discard(span.#handle.take());
  }

  #call(name, ...given) {
    callHere(this.#handle.call(name, ...given));
  }

  setStart(start) {
    this.#call('phx_span_set_start', nanoseconds('start', start));
  }

  /** Texts, numbers and booleans stay what they are; arrays and the like go as
   * JSON, and null takes the attribute away. */
  setAttribute(key, value) {
    if (typeof value === 'string')
      this.#call('phx_span_set_text', key, value);
    else if (typeof value === 'boolean')
      this.#call('phx_span_set_bool', key, Number(value));
    else if (typeof value === 'bigint')
      if (BigInt.asIntN(64, value) === value)
        this.#call('phx_span_set_int', key, value);
      else
        this.#call('phx_span_set_json', key, String(value));
    else if (Number.isSafeInteger(value) && !Object.is(value, -0))
      this.#call('phx_span_set_int', key, value);
    else if (typeof value === 'number')
      this.#call('phx_span_set_real', key, value);
    else
      this.#call('phx_span_set_json', key, JSON.stringify(value ?? null));
  }

  setAttributes(attributes) {
    for (const [key, value] of Object.entries(attributes))
      this.setAttribute(key, value);
  }

  /** 'LLM', 'TOOL', ... in any case. */
  setKind(kind) {
    this.#call('phx_span_set_kind', kind);
  }

  /** status is 'UNSET', 'OK' or 'ERROR'. */
  setStatus(status, message) {
    this.#call('phx_span_set_status',
      choose(STATUSES_BY_NAME, status, 'status'), message);
  }

  /** The next of the 'input' or 'output' messages of an LLM span. */
  addMessage(list, role, content) {
    this.#call('phx_span_add_message', choose(MESSAGES, list, 'list'), role,
      content);
  }

  /** An event of now. */
  addEvent(name, attributes = {}) {
    this.#call('phx_span_add_event', name, JSON.stringify(attributes));
  }

  addLink(traceparent, attributes = {}) {
    this.#call('phx_span_add_link', traceparent, JSON.stringify(attributes));
  }

  /** Adds the event "exception"; the status stays as it is. */
  recordException(error) {
    this.#call('phx_span_record_exception', ...told(error));
  }

  /** Ends it, now or at a time, if it has not ended. It is gone then, also if
   * it throws because the store failed. */
  end(end = 0n) {
    const time = nanoseconds('end', end);
    if (this.#handle.isOpen) call('phx_span_end', this.#handle.take(), time);
  }

  /** What fails here does not stand in the way of what was thrown. */
  #fail(error) {
    const steps = this.#handle.isOpen ? [
      () => this.setStatus('ERROR', told(error)[1]),
      () => this.recordException(error), () => this.end()] : [];
    for (const step of steps) {
      try {
        step();
      } catch (failure) {
        process.emitWarning(`a span is not whole: ${failure.message}`);
      }
    }
  }

  /** What body returns, which is given the span; spans that start in it are
   * below this one, which ends then, or when the promise that it returns is
   * settled. What is thrown is recorded, and the status is ERROR. */
  run(body) {
    let result;
    try {
      result = current.run(this, body, this);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    if (typeof result?.then !== 'function') {
      this.end();
      return result;
    }
    return result.then((value) => {
      this.end();
      return value;
    }, (error) => {
      this.#fail(error);
      throw error;
    });
  }

  [Symbol.dispose]() {
    this.end();
  }
}

/** Starts spans for a store. Ended ones wait until their root ends, 512 of them
 * do (waiting), or for flush(); close() stores what waits. */
class Tracer {
  #handle;

  constructor(store, { project, service, scope, scopeVersion, waiting = 0,
    ...more } = {}) {
    refuse('Tracer', more);
    this.#handle = run(open('phx_tracer_close', store.handle.call(
      'phx_tracer_open', struct('phx_tracer_options', { project, service, scope,
        scope_version: scopeVersion, waiting }))));
  }

  #start(name, parent, tracestate) {
    if (typeof parent === 'string')
      return this.#handle.call('phx_span_start_remote', name, parent,
        tracestate);
    const running = current.getStore();
    const above = parent ?? (running?.tracer === this ? running : undefined);
    return above === undefined ? this.#handle.call('phx_span_start', name, null)
      : LiveSpan.callBelow(above, this.#handle, name);
  }

  /** Starts a span, now if no start is given. It is below parent: a span, also
   * one that has ended, or the traceparent of another program; if none is
   * given, below the one that runs. */
  span(name, { kind, attributes = {}, parent, tracestate, start,
    ...more } = {}) {
    refuse('span()', more);
    const span = new LiveSpan(this, run(open(endDropped,
      this.#start(name, parent, tracestate))));
    try {
      if (start !== undefined) span.setStart(start);
      if (kind !== undefined) span.setKind(kind);
      span.setAttributes(attributes);
    } catch (error) {
      LiveSpan.discard(span);
      throw error;
    }
    return span;
  }

  /** Stores all spans that have ended. */
  flush() {
    callHere(this.#handle.call('phx_tracer_flush'));
  }

  /** Stores what waits, if it can: flush() first to learn of a failure. Live
   * spans stay usable. */
  close() {
    this.#handle.close();
  }

  [Symbol.dispose]() {
    this.close();
  }
}

module.exports = { LiveSpan, Tracer };
