// docs/node.md, and what docs/testing.md says of Node: each block runs, in
// order, and prints what is below it.
'use strict';
const assert = require('assert');
const { execFileSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const test = require('node:test');
const { ROOT, stand } = require('./sent.js');

const BLOCK = /^```js\n([^]*?)^```\n(?:\n```text\n([^]*?)^```\n)?/gm;
const END = 'the block ends here';

for (const [page, least] of [['node.md', 9], ['testing.md', 1]])
  test(`every block of ${page} prints what it says`, (t) => {
    const { file } = stand(t);
    const text = fs.readFileSync(path.join(ROOT, 'docs', page), 'utf8');
    const blocks = [...text.matchAll(BLOCK)];
    assert(blocks.length >= least);
    fs.symlinkSync(process.env.NODE_PATH, file('node_modules'));
    fs.writeFileSync(file('page.mjs'), blocks.map(([, code]) =>
      `${code}console.log('${END}');\n`).join(''));
    const said = execFileSync(process.execPath, ['page.mjs'],
      { cwd: file(''), encoding: 'utf8' }).split(`${END}\n`);
    for (const [at, [, code, expected = '']] of blocks.entries())
      assert.strictEqual(said[at], expected, code);
  });
