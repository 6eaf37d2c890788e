// `npm run vm`: a command on a system that runs already, so what it was started from is built. Only where it
// is not, because that system was built elsewhere, it is built here.
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const program = join(root, 'dist', 'cli', 'vm.js');
if (!existsSync(program)) {
  const shell = process.platform === 'win32';
  const built = spawnSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'inherit', shell });
  if (built.status !== 0) process.exit(built.status ?? 1);
}
require(program);
