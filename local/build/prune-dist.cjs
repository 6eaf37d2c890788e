// The compiler never removes what it wrote for a source that is gone, and the app's entry point is a
// glob: a function that was renamed would be registered under both names. Runs after every build; touches
// only what has no source any more.
const { existsSync, readdirSync, rmSync } = require('node:fs');
const { join, relative } = require('node:path');

const root = join(__dirname, '..', '..');
const dist = join(root, 'dist');

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const compiled = /^(.+)\.(js|js\.map|d\.ts)$/.exec(entry.name);
  if (!entry.isFile() || !compiled) continue;
  const source = join(root, relative(dist, entry.parentPath), compiled[1]);
  if (!existsSync(`${source}.ts`)) rmSync(join(entry.parentPath, entry.name));
}
