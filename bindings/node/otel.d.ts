import type { Path, Store } from './index';

/** Of the SDK's version that the program has. */
type ReadableSpan = import('@opentelemetry/sdk-trace-node').ReadableSpan;
type Exporter = import('@opentelemetry/sdk-trace-node').SpanExporter;
type SpanProcessor = import('@opentelemetry/sdk-trace-node').SpanProcessor;
type Provider = import('@opentelemetry/sdk-trace-node').NodeTracerProvider;
type Config = import('@opentelemetry/sdk-trace-node').NodeTracerConfig;

/** OpenTelemetry's exporter interface, into a store. */
export declare class SpanExporter implements Exporter {
  /** A store, which stays open, or the path of one, which is closed with it. A
   * project overrides that of each span. With sync spans are in the store when
   * export() returns; else that does not hold up the loop. */
  constructor(store: Store | Path,
    options?: { project?: string; sync?: boolean });
  readonly store: Store;
  export(spans: ReadableSpan[],
    resultCallback: (result: { code: number; error?: Error }) => void): void;
  /** For the end of the process: what is under way is stored here and now, and
   * all that comes. */
  finish(): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface RegisterOptions extends Omit<Config, 'spanProcessors'> {
  /** "traces.db" if none is given. */
  store?: Store | Path;
  /** Overrides that of each span. */
  project?: string;
  /** Whether spans wait for up to 5 s; else each is stored when it ends. */
  batch?: boolean;
  /** Whether what is installed of OpenInference is put to use. */
  instrumented?: boolean;
  /** What it should instrument though it is loaded already, as all of a program
   * in ES modules is: { openai: OpenAI }. */
  modules?: { [instrumentor: string]: unknown };
  /** Another span processor than those of the SDK. */
  processor?: (exporter: SpanExporter) => SpanProcessor;
}

export interface Registration extends AsyncDisposable {
  readonly provider: Provider;
  readonly store: Store;
  /** The instrumentors that are at work, by their names. */
  readonly instrumentations: { [name: string]: unknown };
  /** What has ended is in the store then. */
  forceFlush(): Promise<void>;
  /** Ends it all; a store that was given stays open. */
  shutdown(): Promise<void>;
}

/** Puts to use what is installed of OpenInference's instrumentors, for the
 * provider, or that of the process; they are returned by their names. */
export declare function instrument(options?: { provider?: Provider;
  modules?: { [instrumentor: string]: unknown } }):
  { [name: string]: unknown };

/** Traces the program into a store: a tracer provider, an exporter and any
 * instrumentors of OpenInference that are installed. Throws Misuse if the
 * program has a tracer provider already. */
export declare function register(options?: RegisterOptions): Registration;
