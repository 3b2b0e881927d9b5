// The package as npm installed it, by import and by require, with the library
// that it carries.
import assert from 'node:assert';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Store, version } from 'libphoenix';

const folder = path.dirname(
  createRequire(import.meta.url).resolve('libphoenix'));
assert.strictEqual(path.dirname(folder), path.resolve('node_modules'));
assert.strictEqual(createRequire(import.meta.url)('libphoenix').Store, Store);
assert.match(version, /^\d+\.\d+\.\d+$/);
const mapped = fs.readFileSync('/proc/self/maps', 'utf8');
assert(mapped.includes(path.join(folder, 'lib')));
assert(fs.readdirSync(path.join(folder, 'licenses')).includes('LICENSE'));
assert(!fs.existsSync(path.join(folder, 'prepack.js')));
const store = new Store('traces.db');
assert.deepStrictEqual(await store.promises.ingest(JSON.stringify({
  resourceSpans: [{ scopeSpans: [{ spans: [
    { name: 'x', traceId: '01', spanId: '02' }] }] }] }),
{ format: 'otlp-json' }), { accepted: 1, duplicate: 0, rejected: 0 });
for await (const span of store.spans()) assert.strictEqual(span.name, 'x');
store.close();
