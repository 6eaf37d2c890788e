import { createHash } from 'node:crypto';
import { startCloud, type TestCloud } from '../../local/compute-emulator/support/emulator';
import { GROUP } from '../../local/compute-emulator/support/steps';
import type { GoldenDisk } from '../../vault/support/golden-history';
import { type CopiedVault, copiedVault, loseChunks } from './support/copied-vault';

const MIB = 2 ** 20;
const SIZE = 14 * MIB + 512;

let cloud: TestCloud;
let copy: CopiedVault;
let last: GoldenDisk;
beforeAll(async () => {
  cloud = await startCloud({ vms: [] });
  copy = await copiedVault();
  last = copy.disks.filter(({ diskId }) => diskId === 'os').at(-1)!;
});
afterAll(async () => {
  await cloud.close();
  copy.end();
});

/** The link of a managed disk that waits for its upload, as `az disk create --upload-type` makes it. */
async function waitingDisk(
  name: string,
  uploadSizeBytes = SIZE,
  access: 'Write' | 'Read' = 'Write',
): Promise<string> {
  const creationData = { createOption: 'Upload', uploadSizeBytes };
  await cloud.client.disks.createOrUpdate(GROUP, name, { location: 'westeurope', creationData });
  const granted = await cloud.client.disks.grantAccess(GROUP, name, { access, durationInSeconds: 3600 });
  return granted.accessSAS ?? '';
}

const upload = (link: string, vault: string, ...args: string[]) =>
  copy.start(['point', 'export', 'golden@latest', '--disk', 'os', '--to', link, '--vault', vault, ...args])
    .ended;

it('a disk is uploaded to a managed disk, which is one when its access ends', async () => {
  const link = await waitingDisk('up');
  const { code, stdout, stderr } = await upload(link, copy.vault, '-o', 'json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: `${last.pointId}/os\n` });
  expect(JSON.parse(stdout)).toMatchObject({
    sizeBytes: SIZE,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(stdout).not.toContain('sig=');
  await cloud.client.disks.revokeAccess(GROUP, 'up');
  expect((await cloud.client.disks.get(GROUP, 'up')).diskState).toBe('Unattached');
  const whole = Buffer.concat([last.snapshot.bytes(), Buffer.alloc(14 * MIB - last.snapshot.sizeBytes)]);
  const answer = await fetch(`${cloud.url}/emulator/disks/up/sha256`);
  expect(await answer.json()).toMatchObject({ sha256: createHash('sha256').update(whole).digest('hex') });
});

it('a disk of another size is refused, with the command that makes the right one', async () => {
  const refused = await upload(await waitingDisk('small', MIB + 512), copy.vault);
  expect(refused).toMatchObject({ code: 8, stdout: '' });
  expect(refused.stderr).toContain(`az disk create --upload-type Upload --upload-size-bytes ${SIZE}`);
  expect((await upload(await waitingDisk('right'), copy.vault)).code).toBe(0);
});

it('a link that is over is refused at once, and never shown', async () => {
  const link = await waitingDisk('gone');
  const refused = await upload(link.replace(/sig=[^&]*/, 'sig=forged'), copy.vault);
  expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('UploadRefused: ') });
  expect(refused.stderr).not.toContain('forged');
  // The one that Azure gives anew is taken.
  expect((await upload(link, copy.vault)).code).toBe(0);
});

it('a damaged disk gets no footer, so that nobody takes it for whole', async () => {
  const vault = await copy.another();
  loseChunks(vault);
  const link = await waitingDisk('damaged');
  expect((await upload(link, vault)).code).toBe(10);
  await expect(cloud.client.disks.revokeAccess(GROUP, 'damaged')).rejects.toThrow();
  const skipped = await upload(link, vault, '--skip-damaged');
  expect(skipped).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('What could not be read is zeros now:'),
  });
  await cloud.client.disks.revokeAccess(GROUP, 'damaged');
});
