/**
 * `npm run clean`: removes what was built and the state folder, or with `--state DIR` that state folder. Plain CommonJS,
 * because it must run when nothing is built. Refuses while a system runs on the folder, and leaves `dist` where it is while a
 * system on any folder runs from it.
 */
const { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');

const USAGE = `Usage: npm run clean [-- --state DIR]

Removes what was built, and the state folder: .local, or DIR.`;

const project = path.join(__dirname, '..', '..');
const dist = path.join(project, 'dist');
const ownState = path.join(project, '.local');

/** Each of them says that a system has kept its state in a folder. */
const SIGNS = ['ports.json', 'running.json', 'emulator/documents.jsonl', 'host/hub.sqlite'];
/** What a system keeps there; whatever else lies in a folder that somebody has named is not ours to remove. */
const STATE = /^(azurite|emulator|host|logs|ports\.json|running\.json(\..*)?)$/;

function main() {
  const { state, help } = options();
  if (help) return console.log(USAGE);
  const dir = state === undefined ? ownState : path.resolve(process.env.INIT_CWD ?? '', state);
  const holders = processesOn(dir);
  if (holders.length > 0) {
    refuse(`The system still runs on ${dir} (pid ${holders.join(', ')}). Stop it with Ctrl-C first.`);
  }
  removeState(dir);
  removeDist();
}

function options() {
  try {
    const { values } = parseArgs({
      options: { state: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.state === '') throw new Error("Option '--state' names no folder.");
    return values;
  } catch (error) {
    return refuse(`${error.message}\n\n${USAGE}`);
  }
}

function refuse(message) {
  console.error(message);
  process.exit(2);
}

function removeState(dir) {
  if (dir === ownState) return rmSync(dir, { recursive: true, force: true });
  if (!existsSync(dir)) return console.log(`There is no folder ${dir}.`);
  if (!SIGNS.some((name) => existsSync(path.join(dir, name)))) {
    refuse(`${dir} is no state folder: nothing in it says that a system has run there. Nothing was removed.`);
  }
  for (const name of readdirSync(dir)) {
    const isSampleFleet = name === 'fleet' && existsSync(path.join(dir, name, 'sample-fleet.json'));
    if (STATE.test(name) || isSampleFleet) rmSync(path.join(dir, name), { recursive: true, force: true });
  }
  const left = readdirSync(dir);
  if (left.length === 0) rmdirSync(dir);
  else console.log(`Left in ${dir}, because no system has put it there: ${left.join(', ')}`);
}

function removeDist() {
  const busy = stateFoldersInUse();
  if (busy.length === 0) return rmSync(dist, { recursive: true, force: true });
  console.log(`dist stays where it is: a system on ${busy.join(', ')} runs from it.`);
}

/** The state folders of all systems that run from `dist`: `systems-of-dist.ts` notes them there. */
function stateFoldersInUse() {
  const notes = path.join(dist, 'systems');
  if (!existsSync(notes)) return [];
  const dirs = readdirSync(notes).map((name) => readFileSync(path.join(notes, name), 'utf8'));
  return dirs.filter((dir) => processesOn(dir).length > 0);
}

/** The processes of the system on a state folder that are alive, those that a killed supervisor has left behind included. */
function processesOn(dir) {
  let record;
  try {
    record = JSON.parse(readFileSync(path.join(dir, 'running.json'), 'utf8'));
  } catch {
    return [];
  }
  return [record.supervisor, ...record.parts].filter(isRunning).map(({ pid }) => pid);
}

/** As `process-identity.ts` has it, which may not be built. */
function isRunning({ pid, started }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return started === undefined || now === undefined || now === started;
}

/** Field 22 of `/proc/PID/stat` (proc(5)). */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : fields[19];
  } catch {
    return undefined;
  }
}

main();
