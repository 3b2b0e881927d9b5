// Handles, promises, threads and memory. The last test finds no handle alive.
'use strict';
const assert = require('assert');
const test = require('node:test');
const { setTimeout: pause } = require('timers/promises');
const { once } = require('events');
const v8 = require('v8');
const vm = require('vm');
const { Worker } = require('worker_threads');
const { Misuse, NotFound, Store } = require('libphoenix');
const { hex, request, send, span, stand } = require('./sent.js');
const { alive } = require(`${process.env.PACKAGE}/library.js`);

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');
const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 ' +
  'FROM n) SELECT count(*) FROM n';

test('promises do what calls do', async (t) => {
  const { file } = stand(t);
  const store = await Store.open(file('store'));
  assert.deepStrictEqual(await store.promises.ingest(
    request(span(1, { kind: 'LLM' }), span(2)),
    { format: 'otlp-json', project: 'town' }),
  { accepted: 2, duplicate: 0, rejected: 0 });
  const rows = store.spans({ project: 'town' });
  const seen = [];
  for await (const row of rows) seen.push(row.number);
  assert.deepStrictEqual(seen, [2, 1]);
  assert.strictEqual((await rows.promises.first()).number, 2);
  assert.deepStrictEqual(await rows.promises.all(), rows.all());
  const call = await store.promises.span(hex(1, 8));
  const number = await store.promises.annotate(call, 'good', { score: 1 });
  assert.strictEqual(store.annotations(call).first().number, number);
  const sql = store.sql('SELECT name FROM spans');
  assert.deepStrictEqual(await sql.promises.columns(), ['name']);
  assert.deepStrictEqual(await sql.promises.all(),
    [{ name: 'step' }, { name: 'step' }]);
  assert.strictEqual((await store.promises.lint()).length,
    store.lint().length);
  await store.promises.save(file('part'), rows);
  await store.promises.verify();
  await store.promises.delete(call);
  await assert.rejects(store.promises.span(hex(1, 8)), NotFound);
  await assert.rejects(Store.open('ftp://x'), { name: 'Invalid' });
  await assert.rejects(store.promises.ingest(7), TypeError);
  await store[Symbol.asyncDispose]();
  await assert.rejects(store.promises.stats(), Misuse);
});

test('more calls may wait than run', async (t) => {
  const { file } = stand(t);
  const store = new Store(file('store'));
  const reports = await Promise.all(Array.from({ length: 300 }, (_, i) =>
    store.promises.ingest(request(span(i + 1)), { format: 'otlp-json' })));
  assert(reports.every(({ accepted }) => accepted === 1));
  assert.strictEqual(store.stats().spans, 300);
  store.close();
});

test('the loop goes on while a call runs, which can be ended', async (t) => {
  const { file } = stand(t);
  const store = new Store(file('store'));
  const asked = assert.rejects(store.sql(ENDLESS).promises.all(),
    { name: 'Interrupted', message: /.+/ });
  let isOver = false;
  asked.finally(() => { isOver = true; });
  while (!isOver) {
    await pause(1);
    store.interrupt();
  }
  await asked;
  store.close();
});

test('closing waits for calls', async (t) => {
  const { file } = stand(t);
  const store = new Store(file('store'));
  const running = store.promises.ingest(request(span(1)),
    { format: 'otlp-json' });
  store.close();
  assert.strictEqual(alive.size, 2); // that of stand() is one
  assert.strictEqual((await running).accepted, 1);
  assert.strictEqual(alive.size, 1);
});

test('calls that wait for their turn come to it after close()', async (t) => {
  const { file } = stand(t);
  const store = new Store(file('store'));
  store.ingest('', { project: 'town' });
  const found = store.spans({ project: 'default' }).promises.all();
  const all = Array.from({ length: 200 }, (_, i) =>
    store.promises.ingest(request(span(i + 1)), { format: 'otlp-json' }));
  store.close();
  const reports = await Promise.all(all);
  assert(reports.every(({ accepted }) => accepted === 1));
  assert(Array.isArray(await found));
  assert.strictEqual(alive.size, 1);
});

test('a worker may be ended though it has made promises', async (t) => {
  const { file } = stand(t);
  for (const end of ['', 'process.exit(0)']) {
    const worker = new Worker(`
      const { parentPort, workerData } = require('worker_threads');
      const { Store } = require('libphoenix');
      const store = new Store(workerData);
      for (let i = 0; i < 3; i += 1)
        store.sql('${ENDLESS}', [], { timeout: 100 }).promises.all()
          .catch(() => {});
      setImmediate(() => parentPort.postMessage('asked'));
      ${end}`, { eval: true, workerData: file(`store ${end}`) });
    await once(worker, end ? 'exit' : 'message');
    await worker.terminate();
  }
  await pause(300);
});

test('a worker opens the store for itself', async (t) => {
  const { file } = stand(t);
  const store = new Store(file('store'));
  send(store, span(1, { name: 'seen' }));
  const worker = new Worker(`
    const { parentPort, workerData } = require('worker_threads');
    const { Store } = require('libphoenix');
    const store = new Store(workerData, { readOnly: true });
    store.spans().promises.first().then(({ name }) => {
      store.close();
      parentPort.postMessage(name);
    });`, { eval: true, workerData: file('store') });
  assert.deepStrictEqual(await once(worker, 'message'), ['seen']);
  await once(worker, 'exit');
  store.close();
});

test('rows outlive their store, and are closed by break', async (t) => {
  const { store } = stand(t);
  send(store, ...Array.from({ length: 600 }, (_, i) => span(i + 1)));
  for (const row of store.spans()) if (row) break;
  for await (const row of store.spans()) if (row) break;
  assert.throws(() => {
    for (const row of store.spans()) throw new Error(row.name);
  }, /step/);
  assert.strictEqual(alive.size, 1);
  let count = 0;
  for (const row of store.spans()) {
    store.close();
    count += row.number > 0;
  }
  assert.strictEqual(count, 600);
  assert.strictEqual(alive.size, 0);
});

test('what is dropped is closed', async (t) => {
  const { store } = stand(t);
  send(store, span(1), span(2));
  for (let i = 0; i < 5; i += 1) {
    new Store(':memory:').stats();
    store.spans()[Symbol.iterator]().next();
  }
  for (let i = 0; i < 50 && alive.size > 1; i += 1) {
    collect();
    await pause(1);
  }
  assert.strictEqual(alive.size, 1);
});

test('memory stays while spans are read', (t) => {
  const { store } = stand(t);
  for (let i = 0; i < 40; i += 1)
    send(store, ...Array.from({ length: 100 }, (_, j) => span(i * 100 + j + 1,
      { attributes: { t: 'x'.repeat(5000) } })));
  let [seen, peak] = [0, 0];
  collect();
  const before = process.memoryUsage().heapUsed;
  for (const row of store.spans()) {
    seen += row.attributes.t.length;
    if (row.number % 500 === 0) {
      collect();
      peak = Math.max(peak, process.memoryUsage().heapUsed - before);
    }
  }
  assert.strictEqual(seen, 4000 * 5000);
  assert(peak < 8 << 20, `${peak} bytes`);
});

test('a second copy of the package may be loaded', () => {
  for (const name of Object.keys(require.cache))
    if (name.startsWith(process.env.PACKAGE)) delete require.cache[name];
  const again = require('libphoenix');
  assert.notStrictEqual(again.Store, Store);
  const store = new again.Store(':memory:');
  assert.strictEqual(store.stats().spans, 0);
  store.close();
});

test('no handle is alive', () => {
  assert.strictEqual(alive.size, 0);
});
