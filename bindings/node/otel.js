// Tracing in process: OpenTelemetry's exporter straight into a store, and one
// line that wires it to all that is instrumented.
'use strict';
const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');
const { checkFlag, checkText } = require('./arguments.js');
const { Invalid, Misuse, PhoenixError, TooBig } = require('./errors.js');
const { C, refuse, run, runAsync } = require('./library.js');
const { requestOf } = require('./otlp.js');
const { router } = require('./capture_router.js');
const { Store } = require('./store.js');

const SUCCESS = 0; // OpenTelemetry's ExportResultCode
const FAILED = 1;
const SCOPE = '@arizeai';
const PREFIX = 'openinference-instrumentation-';
/** What a tracer provider of the SDK is told. */
const CONFIG = ['forceFlushTimeoutMillis', 'generalLimits', 'idGenerator',
  'mergeResourceWithDefaults', 'meterProvider', 'resource', 'sampler',
  'spanLimits'];

/** Whether other spans may be stored where these were not. */
function isOfSpans(error) {
  return error instanceof TooBig || error instanceof Invalid ||
    !(error instanceof PhoenixError);
}

/** Steps that store spans with one call; with more if they are too much, or if
 * one of them cannot be stored, which is thrown when the others are. */
function* put(store, spans, project) {
  try {
    yield store.handle.call('phx_store_ingest', project, C.PHX_OTLP_JSON,
      Buffer.from(requestOf(spans)), {});
  } catch (error) {
    if (!isOfSpans(error) || spans.length < 2) throw error;
    const middle = spans.length >> 1;
    let failure;
    for (const half of [spans.slice(0, middle), spans.slice(middle)])
      try {
        yield* put(store, half, project);
      } catch (one) {
        if (!isOfSpans(one)) throw one;
        failure = one;
      }
    if (failure) throw failure;
  }
}

/** The SDK's exporter interface, into a store. Its calls run on other threads;
 * with `sync` spans are in the store when export() returns. */
class SpanExporter {
  #store;
  #isOurs;
  #project;
  #sync;
  #running = new Map(); // what is under way, and how that is ended at once
  #isShut = false;

  /** A store, which stays open, or the path of one, which is closed with it. */
  constructor(store, { project = null, sync = false, ...more } = {}) {
    refuse('SpanExporter', more);
    checkText('project', project);
    checkFlag('sync', sync);
    this.#isOurs = !(store instanceof Store);
    this.#store = this.#isOurs ? new Store(store) : store;
    this.#project = project;
    this.#sync = sync;
  }

  get store() {
    return this.#store;
  }

  export(spans, resultCallback) {
    const failed = (error) => resultCallback({ code: FAILED, error });
    if (this.#isShut) return failed(new Misuse('the exporter is shut down'));
    const now = () => {
      try {
        run(put(this.#store, spans, this.#project));
      } catch (error) {
        return failed(error);
      }
      return resultCallback({ code: SUCCESS });
    };
    if (this.#sync) return now();
    const running = runAsync(put(this.#store, spans, this.#project))
      .then(() => resultCallback({ code: SUCCESS }), failed)
      .finally(() => this.#running.delete(running));
    this.#running.set(running, now);
  }

  /** For the end of the process, when no other thread comes to anything any
   * more: stores here and now what is under way, of which the store keeps
   * what it has, and all that comes. */
  finish() {
    this.#sync = true;
    for (const now of this.#running.values()) now();
    this.#running.clear();
  }

  async forceFlush() {
    await Promise.all(this.#running.keys());
  }

  async shutdown() {
    this.#isShut = true;
    await this.forceFlush();
    if (this.#isOurs) this.#store.close();
  }
}

// --- what the program has installed ------------------------------------------

/** Where packages are looked for: from the program, from here, from below. */
function bases() {
  const program = require.main?.filename ?? process.argv[1];
  return [program, path.join(process.cwd(), 'here.js'), __filename]
    .filter(Boolean).map((file) => createRequire(path.resolve(file)));
}

const loaded = new Map();

/** A package of OpenTelemetry, as the program has it. */
function sdk(name) {
  if (loaded.has(name)) return loaded.get(name);
  for (const base of bases()) {
    try {
      loaded.set(name, base(name));
      return loaded.get(name);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error(`${name} is not installed: npm install ${name}`);
}

/** [name, how it is loaded] of the instrumentors of OpenInference. */
function installed() {
  const found = new Map();
  for (const base of bases())
    for (const folder of base.resolve.paths(SCOPE)) {
      const scope = path.join(folder, SCOPE);
      for (const name of fs.existsSync(scope) ? fs.readdirSync(scope) : [])
        if (name.startsWith(PREFIX) && !found.has(name.slice(PREFIX.length)))
          found.set(name.slice(PREFIX.length), () => base(`${SCOPE}/${name}`));
    }
  return [...found].sort();
}

/** Puts to use what is installed of OpenInference's instrumentors: for the
 * provider, or that of the process. `modules` are those that are loaded
 * already, as all of a program in ES modules is. */
function instrument({ provider, modules = {}, ...more } = {}) {
  refuse('instrument()', more);
  const instrumentations = {};
  for (const [name, load] of installed()) {
    try {
      const kind = Object.values(load()).find((value) =>
        typeof value === 'function' && /Instrumentation$/.test(value.name));
      const instrumentation = new kind();
      if (provider) instrumentation.setTracerProvider(provider);
      if (modules[name]) instrumentation.manuallyInstrument(modules[name]);
      instrumentations[name] = instrumentation;
    } catch (error) {
      process.emitWarning(`the instrumentor ${name} fails: ${error.message}`);
    }
  }
  return instrumentations;
}

/** What register() wired. */
class Registration {
  #end = () => this.forceFlush();
  #exit;

  constructor(provider, exporter, instrumentations) {
    Object.assign(this,
      { provider, store: exporter.store, instrumentations });
    // What ends by exit(), or an exception, has no other turn of the loop.
    this.#exit = () => {
      exporter.finish();
      provider.forceFlush().catch(() => {});
    };
    process.once('beforeExit', this.#end);
    process.once('exit', this.#exit);
  }

  /** What has ended is in the store then. */
  async forceFlush() {
    await this.provider.forceFlush();
  }

  /** Ends it all; a store that was given stays open. */
  async shutdown() {
    process.off('beforeExit', this.#end);
    process.off('exit', this.#exit);
    for (const instrumentation of Object.values(this.instrumentations))
      instrumentation.disable();
    await this.provider.shutdown();
    const { trace } = sdk('@opentelemetry/api');
    if (trace.getTracerProvider().getDelegate?.() === this.provider)
      trace.disable();
    router.isRegistered = false;
  }

  async [Symbol.asyncDispose]() {
    await this.shutdown();
  }
}

/** Throws if the program has a tracer provider: OpenTelemetry leaves all spans
 * with the first. */
function checkFree({ trace }) {
  router.yield(trace);
  const current = trace.getTracerProvider();
  // As long as there is none, a proxy stands in, and hands out no tracer.
  if (current.getDelegateTracer?.('libphoenix') !== undefined ||
      !current.getDelegateTracer)
    throw new Misuse('the program has a tracer provider already: give that ' +
      'one a SpanExporter');
}

/** Traces the program into a store: a tracer provider, an exporter and any
 * instrumentors of OpenInference that are installed. */
function register({ store = 'traces.db', project, batch = true,
  instrumented = true, modules, processor, ...config } = {}) {
  refuse('register()', Object.fromEntries(Object.entries(config)
    .filter(([name]) => !CONFIG.includes(name))));
  const { NodeTracerProvider, BatchSpanProcessor, SimpleSpanProcessor } =
    sdk('@opentelemetry/sdk-trace-node');
  checkFlag('batch', batch);
  checkFlag('instrumented', instrumented);
  checkFree(sdk('@opentelemetry/api'));
  const exporter = new SpanExporter(store, { project, sync: !batch });
  const spanProcessor = processor?.(exporter) ??
    new (batch ? BatchSpanProcessor : SimpleSpanProcessor)(exporter);
  // What a test captures goes to the capture, too.
  const provider = new NodeTracerProvider(
    { ...config, spanProcessors: [spanProcessor, router] });
  router.isRegistered = true;
  provider.register();
  return new Registration(provider, exporter,
    instrumented ? instrument({ provider, modules }) : {});
}

module.exports = { SpanExporter, instrument, register, sdk };
