// A trace as a tree, in text. What a terminal would obey is escaped.
'use strict';

const MOST_LINES = 40;
const WIDEST = 60; // characters of a name
/** What is read for a tree. */
const QUERY = { attributes: 'none', limit: 1000 };

/** On one line, without control and format characters. */
function printable(text, widest = WIDEST) {
  const cut = text.length <= widest ? text : `${text.slice(0, widest - 1)}…`;
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (found) =>
    `\\u{${found.codePointAt(0).toString(16)}}`);
}

function duration(ms) {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(1)} ms`;
}

/** Kind, name, time, tokens, failure. */
function lineOf(span) {
  const parts = [`${span.kind} ${printable(span.name)}`,
    duration(span.latencyMs)];
  if (span.promptTokens !== null)
    parts.push(`${span.promptTokens}+${span.completionTokens} tokens`);
  if (span.status === 'ERROR')
    parts.push(`ERROR ${printable(span.statusMessage)}`.trimEnd());
  return parts.join(', ');
}

function headOf(trace) {
  return `Trace ${trace.traceId}, ${trace.spanCount} spans, ` +
    duration(trace.latencyMs);
}

function byStart(a, b) {
  return a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1
    : a.number - b.number;
}

/** [depth, span, whether it is its parent's last] in the tree's order. Spans of
 * a cycle, which no root leads to, come as roots. */
function* walk(spans) {
  const sorted = [...spans].sort(byStart);
  const known = new Set(sorted.map((span) => span.spanId));
  const below = new Map();
  const roots = [];
  for (const span of sorted) {
    const { parentId } = span;
    if (!known.has(parentId) || parentId === span.spanId) roots.push(span);
    else if (below.has(parentId)) below.get(parentId).push(span);
    else below.set(parentId, [span]);
  }
  const seen = new Set();
  for (const root of [...roots, ...sorted]) {
    const waiting = [[0, root, true]];
    while (waiting.length > 0) {
      const [depth, span, isLast] = waiting.pop();
      if (seen.has(span)) continue;
      seen.add(span);
      yield [depth, span, isLast];
      const children = below.get(span.spanId) ?? [];
      for (const child of [...children].reverse())
        waiting.push([depth + 1, child, child === children.at(-1)]);
    }
  }
}

/** The trace's head and its spans, one a line. */
function textOf(trace, spans) {
  const lines = [headOf(trace)];
  let rails = [];
  for (const [depth, span, isLast] of walk(spans)) {
    if (lines.length > MOST_LINES) break;
    rails = rails.slice(0, depth);
    const edge = depth === 0 ? '' : isLast ? '└─ ' : '├─ ';
    lines.push(rails.slice(1).join('') + edge + lineOf(span));
    rails.push(depth === 0 ? '' : isLast ? '   ' : '│  ');
  }
  if (trace.spanCount >= lines.length)
    lines.push(`... ${trace.spanCount - lines.length + 1} more`);
  return lines.join('\n');
}

module.exports = { QUERY, headOf, printable, textOf };
