// Where spans of OpenTelemetry go while tests capture them: each to the capture
// that it starts in, to that of its parent, or to the one opened last. So tests
// may run beside each other, and share the one provider that a process has.
'use strict';
const { AsyncLocalStorage } = require('async_hooks');

const current = new AsyncLocalStorage();

/** A span processor that notes at a span's start where it belongs. */
class Router {
  #open = new Set();
  #owners = new WeakMap(); // of spans, and when they started
  #started = 0;
  isRegistered = false;

  open(capture) {
    this.#register();
    this.#open.add(capture);
    current.enterWith(capture);
  }

  close(capture) {
    this.#open.delete(capture);
    if (current.getStore() === capture) current.enterWith(undefined);
  }

  /** As the provider of the process, unless register() made one, or the
   * program, which gives it this processor. Without an SDK it has no spans. */
  #register() {
    if (this.isRegistered) return;
    this.isRegistered = true;
    const { sdk } = require('./otel.js');
    try {
      const { NodeTracerProvider } = sdk('@opentelemetry/sdk-trace-node');
      new NodeTracerProvider({ spanProcessors: [this] }).register();
    } catch (error) {
      if (!/is not installed/.test(error.message)) throw error;
    }
  }

  onStart(span, context) {
    if (this.#open.size === 0) return;
    const { trace } = require('./otel.js').sdk('@opentelemetry/api');
    const above = this.#owners.get(trace.getSpan(context))?.owner;
    const owner = [current.getStore(), above, ...[...this.#open].reverse()]
      .find((one) => this.#open.has(one));
    this.#started += 1;
    this.#owners.set(span, { owner, place: this.#started });
  }

  onEnd(span) {
    const { owner, place } = this.#owners.get(span) ?? {};
    if (this.#open.has(owner)) owner.add(span, place);
  }

  async forceFlush() {}

  async shutdown() {}
}

/** One for all copies of this module, as the provider is. */
module.exports = {
  router: globalThis[Symbol.for('libphoenix.router')] ??= new Router(),
};
