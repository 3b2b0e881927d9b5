import type { Finding, Span, Store, Tracer } from './index';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';

/** Captured spans: a store in memory, and the trees of what is in it. What is
 * not as expected throws an AssertionError that shows them. */
export declare class Capture implements Disposable {
  constructor(options?: CaptureOptions);
  /** Its spans are captured: for code that traces itself. */
  readonly tracer: Tracer;
  /** The store with all spans that have ended. */
  readonly store: Store;
  close(): void;
  [Symbol.dispose](): void;
  [Symbol.iterator](): Generator<Span, void>;
  /** The trees. */
  toString(): string;

  /** The filter chooses n spans, or so many. */
  count(filter?: string, n?: number,
    bounds?: { atLeast?: number; atMost?: number }): void;
  /** The filter chooses one span, which is returned. */
  one(filter?: string): Span;
  none(filter?: string): void;
  /** The filter chooses spans, and the condition holds for all. */
  every(filter: string, condition: string): void;
  /** Every span that the filter chooses has these attributes, by their keys;
   * null is for one that is not there. */
  attributes(filter: string, expected:
    { [key: string]: string | number | bigint | boolean | null }): void;
  /** Every span that the filter chooses, or every LLM span, has counted so
   * many tokens. */
  tokens(expected: { filter?: string; prompt?: number; completion?: number;
    total?: number }): void;
  /** The trees are those of the pattern, and there are no others. */
  tree(pattern: string, options?: { anyOrder?: boolean }): void;
  /** Spans that the filters choose start one after the other. */
  order(...filters: string[]): void;
  /** Each span that the filter chooses, at least one, is below a span that the
   * other chooses. */
  below(filter: string, parent: string,
    options?: { directly?: boolean }): void;
  /** All together are at most so many spans, calls of LLMs, tokens, USD, and no
   * trace takes longer than so many ms. */
  budget(most: { spans?: number; calls?: number; tokens?: number;
    cost?: number; ms?: number }): void;
  /** The spans are those that a file keeps. The values of masked keys may be
   * any; one that ends in * is for all keys that begin so. */
  golden(file: string | URL, options?: { masked?: string[] }): void;
  /** Where spans break the conventions of OpenInference and gen_ai. */
  findings(): Finding[];
  /** No rule finds anything that is so severe or more. */
  lint(options?: { severity?: Finding['severity']; ignore?: string[] }): void;
}

export interface CaptureOptions {
  /** Whether golden() writes files that are not so. */
  updateGoldens?: boolean;
}

/** Begins to capture: until the end of a test of node:test, if it is given, or
 * until close(). */
export declare function capture(
  test?: { after(done: () => void): void }, options?: CaptureOptions): Capture;

/** For a tracer provider of your own: spans go to the capture they are of. */
export declare const processor: SpanProcessor;
