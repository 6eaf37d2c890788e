import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkFleet } from '../../../local/start/check-fleet';
import { explain } from '../../../local/start/explain';

describe('a fleet file, before anything starts', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'check-fleet-test-'));
    file = path.join(folder, 'fleet.json');
    await writeFile(path.join(folder, 'os.img'), '');
    await truncate(path.join(folder, 'os.img'), 1 << 20);
    await writeFile(path.join(folder, 'odd.img'), 'thirteen byte');
    await writeFile(path.join(folder, 'os.vhdx'), 'vhdxfile and more');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const disk = { lun: -1, image: 'os.img' };
  const vm = (over: object = {}) => ({ name: 'web-1', os: 'Linux', disks: [disk], ...over });
  const refusal = async (fleet: unknown): Promise<string> => {
    await writeFile(file, typeof fleet === 'string' ? fleet : JSON.stringify(fleet));
    try {
      checkFleet(file);
    } catch (error) {
      const { message, exitCode } = explain(error);
      expect(exitCode).toBe(2);
      return message;
    }
    throw new Error('It was accepted.');
  };

  it('is accepted when it is right', async () => {
    await writeFile(file, JSON.stringify({ vms: [vm(), vm({ name: 'web-2', os: 'Windows' })] }));
    expect(checkFleet(file).vms.map(({ name }) => name)).toEqual(['web-1', 'web-2']);
  });

  it.each<[string, unknown, string[]]>([
    ['does not parse', '{"vms":[', ['fleet.json', 'JSON', 'Write it as JSON']],
    [
      'names a missing image',
      { vms: [vm({ disks: [{ lun: -1, image: 'no.img' }] })] },
      ['web-1', 'image', 'no.img'],
    ],
    [
      'has a size that is no multiple of 512',
      { vms: [vm({ disks: [{ lun: -1, image: 'odd.img' }] })] },
      ['web-1', 'image', '13', 'truncate'],
    ],
    ['has two VMs of one name', { vms: [vm(), vm({ name: 'WEB-1' })] }, ['WEB-1', 'name']],
    [
      'names an image of another format',
      { vms: [vm({ disks: [{ lun: -1, image: 'os.vhdx' }] })] },
      ['web-1', 'os.vhdx', 'VHDX', 'qemu-img convert -f vhdx -O raw', 'name the raw image'],
    ],
    ['has an unknown OS', { vms: [vm({ os: 'Plan9' })] }, ['web-1', 'os', 'Linux']],
    ['has two disks at one lun', { vms: [vm({ disks: [disk, disk] })] }, ['web-1', 'lun']],
    ['has a VM without an OS disk', { vms: [vm({ disks: [{ lun: 0, image: 'os.img' }] })] }, ['web-1', '-1']],
    ['has a field that does not exist', { vms: [vm({ colour: 'blue' })] }, ['web-1', 'colour']],
  ])('is refused when it %s: naming the VM, the field and the way out', async (_, fleet, words) => {
    const message = await refusal(fleet);
    for (const word of words) expect(message).toContain(word);
  });

  it('is refused when it is not there', () => {
    expect(() => checkFleet(path.join(folder, 'none.json'))).toThrow('cannot be read');
  });
});
