// Ended spans of OpenTelemetry's SDK as OTLP/JSON, which is cheaper to make
// here than protobuf is: JSON.stringify is compiled, a writer of ours is not.
'use strict';

const LAST = 18446744073; // second since 1970 whose nanoseconds have 64 bits

/** The whole number from 0 to `most` that is nearest; 0 for NaN. */
function within(most, given) {
  return Math.min(Math.max(Math.trunc(given) || 0, 0), most);
}

/** Nanoseconds since 1970 as a text; [seconds, nanoseconds] are given. */
function timeOf([seconds, nanoseconds]) {
  return within(LAST, seconds) +
    String(within(999999999, nanoseconds)).padStart(9, '0');
}

/** A text, or none. */
function textOf(given) {
  return given === undefined || given === null ? undefined : String(given);
}

function valueOf(value) {
  switch (typeof value) {
    case 'string': return { stringValue: value };
    case 'boolean': return { boolValue: value };
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? { intValue: String(value) }
        : { stringValue: String(value) };
    case 'number':
      if (Number.isSafeInteger(value)) return { intValue: value };
      return { doubleValue: Number.isFinite(value) ? value : String(value) };
    case 'object':
      if (Array.isArray(value))
        return { arrayValue: { values: value.map(valueOf) } };
      if (value instanceof Uint8Array)
        return { bytesValue: Buffer.from(value).toString('base64') };
      return value === null ? {} : { kvlistValue: { values: listOf(value) } };
    default: return {};
  }
}

function listOf(attributes = {}) {
  const list = [];
  for (const key in attributes)
    list.push({ key, value: valueOf(attributes[key]) });
  return list;
}

function linkOf({ context, attributes }) {
  return { traceId: context.traceId, spanId: context.spanId,
    traceState: context.traceState?.serialize(),
    attributes: listOf(attributes) };
}

function eventOf({ name, time, attributes }) {
  return { name: textOf(name), timeUnixNano: timeOf(time),
    attributes: listOf(attributes) };
}

function spanOf(span) {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  return {
    traceId, spanId, flags: traceFlags, traceState: traceState?.serialize(),
    // parentSpanId is of the SDK before 2.0.
    parentSpanId: span.parentSpanContext?.spanId ?? span.parentSpanId,
    name: textOf(span.name),
    kind: span.kind + 1, // which has no value for "not said"
    startTimeUnixNano: timeOf(span.startTime),
    endTimeUnixNano: timeOf(span.endTime),
    attributes: listOf(span.attributes),
    events: span.events.map(eventOf),
    links: span.links.map(linkOf),
    status: { code: span.status?.code, message: textOf(span.status?.message) },
  };
}

/** Spans in runs of what is the same of them; in their order, which is that of
 * those that start in one millisecond, as fine as the SDK's clock is. */
function runs(spans, key) {
  const found = [];
  for (const span of spans) {
    if (found.length === 0 || found.at(-1).key !== key(span))
      found.push({ key: key(span), spans: [] });
    found.at(-1).spans.push(span);
  }
  return found;
}

function scopeOf(span) {
  return span.instrumentationScope ?? span.instrumentationLibrary;
}

/** An ExportTraceServiceRequest as text. */
function requestOf(all) {
  return JSON.stringify({
    resourceSpans: runs(all, (span) => span.resource).map(
      ({ key: resource, spans: ofResource }) => ({
        resource: { attributes: listOf(resource?.attributes) },
        schemaUrl: textOf(resource?.schemaUrl),
        scopeSpans: runs(ofResource, scopeOf).map(({ key: scope, spans }) => ({
          scope: { name: textOf(scope?.name), version: textOf(scope?.version) },
          schemaUrl: textOf(scope?.schemaUrl),
          spans: spans.map(spanOf),
        })),
      })),
  });
}

module.exports = { requestOf };
