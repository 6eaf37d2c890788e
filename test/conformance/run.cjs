/**
 * `npm run test:engine`: the conformance cases on the local host and on the published Durable extension, entities and
 * `callHttp` on the extension, the demo on one engine and on three with workers killed. Where there is no .NET it says
 * what it leaves out; with `--required` it fails there.
 */
const { spawnSync } = require('node:child_process');
const { availableParallelism } = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');

const root = path.join(__dirname, '..', '..');
const { EngineUnavailable, buildEngine } = require('../../dist/local/durable-engine/dotnet.js');

const { values } = parseArgs({
  options: {
    required: { type: 'boolean', default: false },
    kills: { type: 'string' },
    json: { type: 'string' },
  },
});

/** An engine with its app takes two cores. */
const atOnce = Math.floor(availableParallelism() / 2);
const SIDE_BY_SIDE = atOnce > 1 ? [`--maxWorkers=${atOnce}`] : ['--runInBand'];

function jest(...args) {
  const program = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const env = { ...process.env, ...(values.kills && { KILLS: values.kills }) };
  return spawnSync(process.execPath, [program, ...args], { cwd: root, env, stdio: 'inherit' }).status ?? 1;
}

async function main() {
  try {
    await buildEngine(console.log);
  } catch (error) {
    if (!(error instanceof EngineUnavailable)) throw error;
    console.log(`${error.message}
Left out: the conformance cases, entities and callHttp on the published extension, the demo on one engine, and on three with kills.`);
    return values.required ? 1 : jest('test/conformance/local-host.test.ts');
  }
  const results = values.json ? ['--json', '--outputFile', values.json] : [];
  const onEngine = jest('--config', 'test/conformance/jest.config.js', ...SIDE_BY_SIDE, ...results);
  // In CI `npm test` runs these cases.
  const onHost = values.required ? 0 : jest('test/conformance/local-host.test.ts');
  return onEngine || onHost;
}

void main().then((status) => process.exit(status));
