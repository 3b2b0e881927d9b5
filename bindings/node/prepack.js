// Before `npm pack`: `make` makes the library with all that it needs inside,
// and it is put into the package with the licences of what is in it; after
// it, both go. Needs what `make` needs. BUILD of make: $PHOENIX_BUILD or build.
'use strict';
const { execFileSync } = require('child_process');
const fs = require('fs');
const path = require('path');

const ROOT = path.resolve(__dirname, '../..');
const FOLDER = path.join(__dirname, 'lib',
  `${process.platform}-${process.arch}`);
const LICENCES = path.join(__dirname, 'licenses');
const INSIDE = ['sqlite3', 'zstd', 'pcre2', 'sodium', 'xxhash'];

function makeLibrary() {
  const build = path.resolve(process.env.PHOENIX_BUILD ||
    path.join(ROOT, 'build'));
  const library = path.join(build, 'carried/libphoenix.so.0');
  // A make that this one runs below has nothing to say to it.
  const { MAKEFLAGS, MFLAGS, MAKELEVEL, ...apart } = process.env;
  execFileSync('make', ['-s', `BUILD=${build}`, library],
    { cwd: ROOT, env: apart, stdio: ['ignore', 2, 2] });
  return library;
}

fs.rmSync(path.join(__dirname, 'lib'), { recursive: true, force: true });
fs.rmSync(LICENCES, { recursive: true, force: true });
if (process.env.npm_lifecycle_event !== 'postpack') {
  fs.mkdirSync(FOLDER, { recursive: true });
  fs.copyFileSync(makeLibrary(), path.join(FOLDER, 'libphoenix.so.0'));
  fs.mkdirSync(LICENCES);
  fs.copyFileSync(path.join(ROOT, 'LICENSE'), path.join(LICENCES, 'LICENSE'));
  for (const name of INSIDE) {
    const from = `/usr/share/doc/lib${name}-dev/copyright`;
    if (fs.existsSync(from))
      fs.copyFileSync(from, path.join(LICENCES, `lib${name}.txt`));
    else
      console.error(`${from} is not here: the package lacks that licence`);
  }
}
