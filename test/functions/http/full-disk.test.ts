import { DatabaseSync } from 'node:sqlite';
import { startRunningApp } from '../support/running-app';

test('with a full disk below the functions host the answer of the app names the cause, and nothing has started', async () => {
  const exec = jest.spyOn(DatabaseSync.prototype, 'exec');
  const app = await startRunningApp([]);
  const [database] = exec.mock.contexts as DatabaseSync[];
  exec.mockRestore();
  const pages = (count: unknown) => database?.exec(`PRAGMA max_page_count = ${count}`);
  try {
    pages(database?.prepare('PRAGMA page_count').get()?.page_count);
    const ask = () => app.call('POST', 'maintenance', { dryRun: true });
    // What is free inside the database's last page still takes a start or two.
    let answer = await ask();
    while (answer.status === 202) answer = await ask();
    expect(answer.status).toBe(503);
    expect(answer.body.detail).toContain('There is no room left on the disk that holds the state folder.');
    pages(1_000_000);
    const { status, body } = await ask();
    expect(status).toBe(202);
    expect(await app.jobEnds(body.job)).toMatchObject({ state: 'Succeeded' });
  } finally {
    await app.stop();
  }
});
