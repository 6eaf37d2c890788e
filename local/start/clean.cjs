/**
 * `npm run clean`: removes what was built and the state folder. Plain CommonJS, because it must run when
 * nothing is built. Refuses while a system runs on the folder.
 */
const { readFileSync, rmSync } = require('node:fs');
const path = require('node:path');

const project = path.join(__dirname, '..', '..');

const pid = supervisor();
if (pid !== undefined) {
  console.error(`The system still runs on .local (pid ${pid}). Stop it with Ctrl-C first.`);
  process.exit(2);
}
for (const folder of ['dist', '.local']) rmSync(path.join(project, folder), { recursive: true, force: true });

/** The process that holds the state folder, if it is alive. */
function supervisor() {
  try {
    const { supervisor } = JSON.parse(readFileSync(path.join(project, '.local', 'running.json'), 'utf8'));
    process.kill(supervisor.pid, 0);
    return supervisor.pid;
  } catch {
    return undefined;
  }
}
