// Where spans of OpenTelemetry go while tests capture them: each to the capture
// that it starts in, to that of its parent, or to the only one that is open. So
// tests may run beside each other, and share the one provider that a process
// has.
'use strict';
const { AsyncLocalStorage } = require('async_hooks');

const MOST_NAMES = 5;
const current = new AsyncLocalStorage();

/** A span processor that notes at a span's start where it belongs. */
class Router {
  #open = new Set();
  #owners = new WeakMap(); // of spans, and when they started
  #live = new Map(); // to whose captures those belong that did not end yet
  #started = 0;
  #isRefused = false;
  #provider;
  isRegistered = false;

  open(capture) {
    this.#register();
    this.#open.add(capture);
    current.enterWith(capture);
  }

  close(capture) {
    this.#open.delete(capture);
    for (const [span, owner] of this.#live)
      if (owner === capture) this.#live.delete(span);
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
      const provider = new NodeTracerProvider({ spanProcessors: [this] });
      provider.register();
      const { trace } = sdk('@opentelemetry/api');
      this.#provider = provider;
      this.#isRefused = trace.getTracerProvider().getDelegate() !== provider;
    } catch (error) {
      if (!/is not installed/.test(error.message)) throw error;
    }
  }

  /** Makes room for the provider of register(). */
  yield(trace) {
    if (!this.#provider ||
        trace.getTracerProvider().getDelegate?.() !== this.#provider) return;
    trace.disable();
    this.isRegistered = false;
  }

  onStart(span, context) {
    if (this.#open.size === 0) return;
    const { trace } = require('./otel.js').sdk('@opentelemetry/api');
    const above = this.#owners.get(trace.getSpan(context))?.owner;
    const owner = [current.getStore(), above,
      ...this.#open.size === 1 ? this.#open : []]
      .find((one) => this.#open.has(one));
    this.#started += 1;
    if (owner === undefined) return this.#warn(span);
    this.#owners.set(span, { owner, place: this.#started });
    this.#live.set(span, owner);
  }

  #warn({ name }) {
    process.emitWarning(`the span '${name}' is of none of the ` +
      `${this.#open.size} captures that are open`);
  }

  /** What is known of spans that a capture may miss. */
  known(capture) {
    const names = [...this.#live].filter(([, owner]) => owner === capture)
      .map(([{ name }]) => name);
    const have = names.length === 1 ? 'has' : 'have';
    return [
      ...names.length > 0 ? [`${names.length} ${have} started and ${have} ` +
        `not ended: ${names.slice(0, MOST_NAMES).join(', ')}`] : [],
      ...this.#isRefused && this.#started === 0
        ? ['the process has another tracer provider: give it `processor`']
        : []];
  }

  onEnd(span) {
    const { owner, place } = this.#owners.get(span) ?? {};
    this.#live.delete(span);
    if (this.#open.has(owner)) owner.add(span, place);
  }

  async forceFlush() {}

  async shutdown() {}
}

/** One for all copies of this module, as the provider is. */
module.exports = {
  router: globalThis[Symbol.for('libphoenix.router')] ??= new Router(),
};
