// The command line in one file that needs no package: dist/vmbackup.cjs. Its syntax is one that old Nodes can
// read, so that they say which Node is wanted instead of stumbling over it.
const { readFileSync, chmodSync } = require('node:fs');
const { basename, join } = require('node:path');
const { build } = require('esbuild');

const root = join(__dirname, '..', '..');
const { version, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const wanted = /\d+\.\d+/.exec(engines.node)[0];
const outfile = join(root, 'dist', 'vmbackup.cjs');

const refusal = `vmbackup needs Node ${wanted} or newer; this is `;
const banner = `#!/usr/bin/env node
var nodeNow=process.versions.node.split(".").map(Number),nodeWanted=[${wanted.replace('.', ',')}];
if(nodeNow[0]<nodeWanted[0]||(nodeNow[0]===nodeWanted[0]&&nodeNow[1]<nodeWanted[1])){console.error(${JSON.stringify(refusal)}+process.versions.node+".");process.exit(1)}`;

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node12',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** Of a namespace only what is used is taken; of `z`, which is an export like any other, all of it. */
const ONLY_WHAT_IS_USED_OF_ZOD = {
  name: 'zod as a namespace',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replace("import { z } from 'zod'", "import * as z from 'zod'"),
    }));
  },
};

/** Azure's libraries are large and most commands need none: they stay packages, loaded when one is used. */
const LAZY_PACKAGES = {
  name: 'packages when they are used',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@azure\// }, ({ path, kind, pluginData }) =>
      kind === 'require-call' || pluginData === 'itself'
        ? { path, external: true }
        : { path, namespace: 'lazy' },
    );
    onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => {
      const getters = Object.keys(require(path)).map((name) => `get ${name}(){return all().${name}}`);
      const contents = `const all=()=>require(${JSON.stringify(path)});module.exports={${getters.join()}}`;
      return { contents, loader: 'js', resolveDir: root };
    });
  },
};

/** The catalogue of failures is in the file once, and not in each piece that names failures. */
const CATALOGUE = join(root, 'src', 'failures', 'catalogue', 'index.ts');
const SHARED_CATALOGUE = {
  name: 'one catalogue',
  setup({ onResolve }) {
    onResolve({ filter: /\/catalogue$/ }, ({ path, resolveDir }) =>
      join(resolveDir, path, 'index.ts') === CATALOGUE ? { path: CATALOGUE, external: true } : undefined,
    );
  },
};

/** A piece of its own within the file, of which only what is used is taken, run when somebody needs it. */
async function piece(name) {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(root, 'cli', 'direct', `${name}.ts`)],
    write: false,
    plugins: [ONLY_WHAT_IS_USED_OF_ZOD, LAZY_PACKAGES, SHARED_CATALOGUE],
  });
  return outputFiles[0].text;
}

async function bundle() {
  const pieces = { library: await piece('library'), 'codec-thread': await piece('codec-thread') };
  const inPieces = {
    name: 'pieces',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]cli[\\/]direct[\\/](library|codec-thread)\.ts$/ }, ({ path }) => ({
        contents: pieces[basename(path, '.ts')],
        loader: 'js',
      }));
    },
  };
  await build({
    ...common,
    entryPoints: [join(root, 'cli', 'vmbackup.ts')],
    outfile,
    external: ['@azure/*'],
    define: { __VERSION__: JSON.stringify(version) },
    plugins: [inPieces],
    banner: { js: banner },
  });
  chmodSync(outfile, 0o755);
}

bundle().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
