import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFleet } from '../../../../local/compute-emulator/fleet/fleet';
import { FleetError } from '../../../../local/compute-emulator/fleet/fleet-error';
import { fixedVhd } from '../support/images';

describe('a fleet file', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-'));
    writeFileSync(join(folder, 'os.img'), Buffer.alloc(1024));
    writeFileSync(join(folder, 'odd.img'), Buffer.alloc(1000));
    writeFileSync(join(folder, 'empty.img'), '');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const osDisk = { lun: -1, image: 'os.img' };
  const vm = {
    name: 'web-1',
    resourceGroup: 'prod',
    os: 'Linux',
    powerState: 'running',
    tags: {},
    disks: [osDisk],
  };
  const parse = (value: unknown) =>
    parseFleet(typeof value === 'string' ? value : JSON.stringify(value), folder);
  const refusal = (value: unknown): unknown => {
    try {
      parse(value);
      return undefined;
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      const { code, vm: name, field } = error;
      return { code, vm: name, field };
    }
  };

  it('gives images as absolute paths with their size, from where the file lies', () => {
    const fleet = parse({ vms: [vm] });
    expect(fleet.vms[0]).toMatchObject({
      name: 'web-1',
      resourceGroup: 'prod',
      os: 'Linux',
      powerState: 'running',
    });
    expect(fleet.vms[0]?.disks[0]).toMatchObject({ lun: -1, image: join(folder, 'os.img'), sizeBytes: 1024 });
  });

  it('may begin with a byte-order mark', () => {
    expect(parse(`\uFEFF${JSON.stringify({ vms: [vm] })}`).vms).toHaveLength(1);
  });

  it('may have one name in two resource groups', () => {
    const { vms } = parse({ vms: [vm, { ...vm, resourceGroup: 'test' }] });
    expect(vms.map(({ resourceGroup }) => resourceGroup)).toEqual(['prod', 'test']);
    const again = { vms: [vm, { ...vm, name: 'Web-1', resourceGroup: 'PROD' }] };
    expect(refusal(again)).toEqual({ code: 'duplicate-vm', vm: 'Web-1', field: 'name' });
  });

  it('reads a fixed VHD as the disk in it, and no file of another format', () => {
    writeFileSync(join(folder, 'fixed.vhd'), fixedVhd(Buffer.alloc(2048)));
    const { vms } = parse({ vms: [{ ...vm, disks: [{ lun: -1, image: 'fixed.vhd' }] }] });
    expect(vms[0]?.disks[0]).toMatchObject({ sizeBytes: 2048 });
    writeFileSync(
      join(folder, 'a.qcow2'),
      Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(100)]),
    );
    const foreign = { vms: [{ ...vm, disks: [{ lun: -1, image: 'a.qcow2' }] }] };
    expect(refusal(foreign)).toEqual({ code: 'not-raw', vm: 'web-1', field: 'disks[0].image' });
    expect(() => parse(foreign)).toThrow(`qemu-img convert -f qcow2 -O raw ${join(folder, 'a.qcow2')}`);
  });

  it('has healthy guests unless it says otherwise', () => {
    const fleet = parse({ vms: [vm, { ...vm, name: 'win-1', os: 'Windows', guest: { vss: 'failed' } }] });
    expect(fleet.vms.map(({ guest }) => [guest.agent, guest.vss])).toEqual([
      ['ready', 'ok'],
      ['ready', 'failed'],
    ]);
  });

  it.each([
    ['text that does not parse', '{', { code: 'unparsable' }],
    ['no list of VMs', {}, { code: 'invalid-field', field: 'vms' }],
    ['an unknown field of the file', { vms: [], vm: [] }, { code: 'unknown-field', field: 'vm' }],
    [
      'an unknown field of a VM',
      { vms: [{ ...vm, size: 'XL' }] },
      { code: 'unknown-field', vm: 'web-1', field: 'size' },
    ],
    [
      'an unknown field of a guest',
      { vms: [{ ...vm, guest: { vssx: 1 } }] },
      { code: 'unknown-field', vm: 'web-1', field: 'guest.vssx' },
    ],
    [
      'an unknown field of a disk',
      { vms: [{ ...vm, disks: [{ ...osDisk, size: 1 }] }] },
      { code: 'unknown-field', vm: 'web-1', field: 'disks[0].size' },
    ],
    [
      'a missing image',
      { vms: [{ ...vm, disks: [{ lun: -1, image: 'none.img' }] }] },
      { code: 'missing-image', vm: 'web-1', field: 'disks[0].image' },
    ],
    [
      'a folder as image',
      { vms: [{ ...vm, disks: [{ lun: -1, image: '.' }] }] },
      { code: 'missing-image', vm: 'web-1', field: 'disks[0].image' },
    ],
    [
      'a disk without content',
      { vms: [{ ...vm, disks: [{ lun: -1 }] }] },
      { code: 'invalid-field', vm: 'web-1', field: 'disks[0].image' },
    ],
    [
      'a size that is no multiple of 512',
      { vms: [{ ...vm, disks: [{ lun: -1, image: 'odd.img' }] }] },
      { code: 'invalid-size', vm: 'web-1', field: 'disks[0].image' },
    ],
    [
      'an image of no bytes',
      { vms: [{ ...vm, disks: [{ lun: -1, image: 'empty.img' }] }] },
      { code: 'invalid-size', vm: 'web-1', field: 'disks[0].image' },
    ],
    [
      'two VMs of one name, in any case',
      { vms: [vm, { ...vm, name: 'WEB-1' }] },
      { code: 'duplicate-vm', vm: 'WEB-1', field: 'name' },
    ],
    ['an unknown OS', { vms: [{ ...vm, os: 'Plan9' }] }, { code: 'unknown-os', vm: 'web-1', field: 'os' }],
    ['a missing OS', { vms: [{ ...vm, os: undefined }] }, { code: 'unknown-os', vm: 'web-1', field: 'os' }],
    [
      'one lun twice',
      { vms: [{ ...vm, disks: [osDisk, osDisk] }] },
      { code: 'duplicate-lun', vm: 'web-1', field: 'disks[1].lun' },
    ],
    [
      'no OS disk',
      { vms: [{ ...vm, disks: [{ ...osDisk, lun: 0 }] }] },
      { code: 'no-os-disk', vm: 'web-1', field: 'disks' },
    ],
    [
      'two disks of one name',
      {
        vms: [
          {
            ...vm,
            disks: [
              { ...osDisk, name: 'd' },
              { ...osDisk, lun: 0, name: 'D' },
            ],
          },
        ],
      },
      { code: 'invalid-field', vm: 'web-1', field: 'disks[1].name' },
    ],
    [
      'a VM without a name',
      { vms: [{ ...vm, name: undefined }] },
      { code: 'invalid-field', vm: 'vms[0]', field: 'name' },
    ],
    [
      'an unknown power state',
      { vms: [{ ...vm, powerState: 'on' }] },
      { code: 'invalid-field', vm: 'web-1', field: 'powerState' },
    ],
    ['a VM that is no object', { vms: [7] }, { code: 'invalid-field', vm: 'vms[0]', field: '' }],
  ])('is refused with %s, naming the VM and the field', (_what, value, expected) => {
    expect(refusal(value)).toEqual({ vm: undefined, field: undefined, ...expected });
  });

  it('says what is wrong in words', () => {
    expect(() => parse({ vms: [{ ...vm, os: 'Plan9' }] })).toThrow(/VM web-1: field os: .*Linux/);
  });
});
