// Where spans of OpenTelemetry go while tests capture them: each to the capture
// that it starts in, to that of its parent, or to the one opened last. So tests
// may run beside each other, and share the one provider that a process has.
'use strict';
const { AsyncLocalStorage } = require('async_hooks');

const current = new AsyncLocalStorage();

/** A span processor that notes at a span's start where it belongs. */
class Router {
  #open = new Set();
  #owners = new WeakMap(); // by the context of the span
  #isRegistered = false;

  open(capture) {
    this.#register();
    this.#open.add(capture);
    current.enterWith(capture);
  }

  close(capture) {
    this.#open.delete(capture);
    if (current.getStore() === capture) current.enterWith(undefined);
  }

  /** As the provider of the process, unless there is one, which the program
   * gives this processor itself. Without an SDK nothing is traced by it. */
  #register() {
    if (this.#isRegistered) return;
    this.#isRegistered = true;
    const { sdk } = require('./otel.js');
    try {
      this.trace = sdk('@opentelemetry/api').trace;
      const { NodeTracerProvider } = sdk('@opentelemetry/sdk-trace-node');
      new NodeTracerProvider({ spanProcessors: [this] }).register();
    } catch (error) {
      if (!/is not installed/.test(error.message)) throw error;
    }
  }

  #ownerOf(context) {
    const parent = this.trace?.getSpan(context);
    const near = current.getStore() ?? this.#owners.get(parent);
    return this.#open.has(near) ? near : [...this.#open].at(-1);
  }

  onStart(span, context) {
    const owner = this.#ownerOf(context);
    if (owner) this.#owners.set(span, owner);
  }

  onEnd(span) {
    const owner = this.#owners.get(span);
    if (this.#open.has(owner)) owner.add(span);
  }

  async forceFlush() {}

  async shutdown() {}
}

module.exports = { router: new Router() };
