import { startRunningApp } from '../support/running-app';

test('a job that meets an image changed below its disk says so at once, in the words of the log of the emulator', async () => {
  const log = jest.spyOn(console, 'error').mockImplementation();
  const app = await startRunningApp([{ name: 'web', os: 'Linux', policy: 'daily' }]);
  try {
    const [{ key }] = (await app.call('GET', 'vms')).body.vms;
    app.azure.changeImageBelow('web');
    const { body } = await app.call('POST', `vms/${key}/backups`, {});
    const job = await app.jobEnds(body.job);
    const said = log.mock.calls
      .filter(([from]) => from === 'data plane:')
      .map(([, words]) => words as string);
    expect(said).toEqual([
      expect.stringMatching(/^The image .*web-os\.img lies below emulated disks.*state folder\.$/),
    ]);
    expect(job).toMatchObject({ state: 'Failed', error: { code: 'DiskBytesGone' } });
    expect((job.error as { message: string }).message).toContain(said[0]);
    expect(await app.azure.leftovers()).toEqual({ snapshots: [], grants: [] });
  } finally {
    await app.stop();
    log.mockRestore();
  }
});
