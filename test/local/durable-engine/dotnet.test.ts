import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../../local/process/project-root';

// Most people have no .NET: what wants it says so, and what to do.

const withoutDotnet = (...args: string[]) =>
  spawnSync(process.execPath, args, {
    cwd: projectRoot(),
    env: { ...process.env, PATH: path.join(__dirname, 'nowhere') },
    encoding: 'utf8',
  });

test('npm run test:engine says what it leaves out there, and fails where it is required', () => {
  const { status, stdout } = withoutDotnet('test/conformance/run.cjs', '--required');
  expect(status).toBe(1);
  expect(stdout).toMatch(/no \.NET SDK.*Install the \.NET SDK 10.*without the engine/);
  expect(stdout).toMatch(
    /Left out: the conformance cases.*, the demo on one engine, and on three with kills/,
  );
});

test('npm start -- --engine is refused before anything runs', () => {
  const folder = path.join(__dirname, 'never-made');
  const { status, stderr } = withoutDotnet('dist/local/start/main.js', '--engine', '--state', folder);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/no \.NET SDK.*Install the \.NET SDK 10/s)]);
  expect(existsSync(folder)).toBe(false);
});
