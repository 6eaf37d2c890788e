import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sdkWarning } from '../../../../local/functions-host/app/sdk-version';
import { temporaryFolder } from '../support/hosts';

test.each([
  ['3.0.1', '24.1.0', true],
  ['3.3.0', '23.0.0', true],
  ['3.3.0', '22.15.0', false],
  ['3.5.0', '24.1.0', false],
])('durable-functions %s on Node %s: warned of: %s', (version, node, isWarned) => {
  const folder = temporaryFolder();
  const app = join(folder, 'an', 'app');
  mkdirSync(join(folder, 'node_modules', 'durable-functions'), { recursive: true });
  mkdirSync(app, { recursive: true });
  writeFileSync(
    join(folder, 'node_modules', 'durable-functions', 'package.json'),
    JSON.stringify({ version }),
  );
  expect(sdkWarning(app, node) !== undefined).toBe(isWarned);
});
