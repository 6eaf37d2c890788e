#!/usr/bin/env node
// Run after every change of dependencies. It does two things to package-lock.json.
//
// A mirror of the registry may lack the builds of a package for other platforms; npm then
// leaves them out of package-lock.json, and `npm ci` refuses the lock as incomplete. This adds them back as what they are:
// optional, of the version that their package asks for, and for another platform than this one, so that nothing fetches them here.
//
// And `npm ci` holds the `engines` of every package against the Node that runs npm, on which nothing of this project runs: scripts run
// on the Node that `npm ci` brings along, or on one of the user's that package.json's `engines` allows. So every package is held
// against those two here, where it fails instead of warning, and what npm's own Node need not meet is taken out of the lock.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const semver = require('semver');

const file = join(__dirname, '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'arm'];

let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (resolves(path, name)) continue;
    const words = name.split('/').at(-1).split('-');
    const os = SYSTEMS.filter((system) => words.includes(system));
    const cpu = PROCESSORS.filter((processor) => words.includes(processor));
    if (os.length === 0) throw new Error(`${name} is missing, and its name tells no platform.`);
    const libc = words.some((word) => word.startsWith('musl')) ? { libc: ['musl'] } : {};
    const dev = entry.dev ? { dev: true } : {};
    lock.packages[`node_modules/${name}`] = { version, cpu, ...dev, ...libc, optional: true, os };
    added += 1;
  }
}

const { engines, devEngines } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
const lowest = (range) => semver.minVersion(range).version;
const nodes = [lowest(engines.node), lock.packages['node_modules/node'].version];
let released = 0;
for (const [path, { engines: asked }] of Object.entries(lock.packages)) {
  if (path === '' || !asked?.node) continue;
  const refused = nodes.find((node) => !semver.satisfies(node, asked.node));
  if (refused) throw new Error(`${path} wants Node ${asked.node}, and this project runs on ${refused}.`);
  if (semver.satisfies(lowest(devEngines.runtime.version), asked.node)) continue;
  delete lock.packages[path].engines;
  released += 1;
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} optional packages of other platforms added to package-lock.json`);
console.log(`${released} packages no longer held against the Node that runs npm`);

/** Node's own way: in the package's node_modules, or in one of those above it. */
function resolves(path, name) {
  const parts = path.split('/node_modules/');
  for (let depth = parts.length; depth > 0; depth--) {
    if (`${parts.slice(0, depth).join('/node_modules/')}/node_modules/${name}` in lock.packages) return true;
  }
  return `node_modules/${name}` in lock.packages;
}
