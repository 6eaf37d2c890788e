// The command line in one file that needs no package: dist/vmbackup.cjs. Its syntax is one that old Nodes can
// read, so that they say which Node is wanted instead of stumbling over it.
const { readFileSync, chmodSync } = require('node:fs');
const { join } = require('node:path');
const { buildSync } = require('esbuild');

const root = join(__dirname, '..', '..');
const { version, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const wanted = /\d+\.\d+/.exec(engines.node)[0];
const outfile = join(root, 'dist', 'vmbackup.cjs');

const refusal = `vmbackup needs Node ${wanted} or newer; this is `;
buildSync({
  entryPoints: [join(root, 'cli', 'vmbackup.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node12',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // Azure's libraries are large, and most commands need none: they stay packages, imported where they are used.
  external: ['@azure/*'],
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
  banner: {
    js: `#!/usr/bin/env node
var nodeNow=process.versions.node.split(".").map(Number),nodeWanted=[${wanted.replace('.', ',')}];
if(nodeNow[0]<nodeWanted[0]||(nodeNow[0]===nodeWanted[0]&&nodeNow[1]<nodeWanted[1])){console.error(${JSON.stringify(refusal)}+process.versions.node+".");process.exit(1)}`,
  },
});
chmodSync(outfile, 0o755);
