import * as fc from 'fast-check';
import { collectionName, parsePointName, pointName, vmKey } from '../../../src/compute/arm/own-names';

const id = '/subscriptions/S/resourceGroups/Prod/providers/Microsoft.Compute/virtualMachines/Web 1';

describe('the key of a VM', () => {
  it('fits its grammar whatever the VM is called', () => {
    const anyName = fc.property(fc.string({ unit: 'binary', maxLength: 100 }), fc.uuid(), (name, vmId) => {
      expect(vmKey(name, vmId)).toMatch(/^[a-z0-9][a-z0-9-]{0,39}$/);
    });
    void fc.assert(anyName);
  });

  it('is the same however Azure writes the id, and another one for a VM made anew', () => {
    expect(vmKey('web-1', 'A1')).toBe(vmKey('WEB-1', 'a1'));
    expect(vmKey('web-1', 'A1')).not.toBe(vmKey('web-1', 'A2'));
    expect(vmKey('web-1', 'A1')).toMatch(/^web-1-[0-9a-f]{8}$/);
  });
});

describe('names of what the system makes', () => {
  it('two installations never share a collection', () => {
    expect(collectionName('web-1', id, 'a', 'one')).not.toBe(collectionName('web-1', id, 'a', 'two'));
  });

  it('a restore point’s name tells job, attempt and mode, and fits the 80 characters of Azure', () => {
    const job = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,71}$/);
    const attempts = fc.integer({ min: 1, max: 999 });
    const anyPoint = fc.property(job, attempts, fc.boolean(), (jobId, attempt, crash) => {
      const name = pointName({ jobId, attempt, crash });
      expect(name.length).toBeLessThanOrEqual(80);
      expect(parsePointName(name)).toEqual({ jobId, attempt, crash });
    });
    void fc.assert(anyPoint);
  });

  it('names of other products are not read as its own', () => {
    expect(parsePointName('AzureBackup_2026-11-23')).toBeUndefined();
    expect(parsePointName('rp1')).toBeUndefined();
    expect(() => pointName({ jobId: 'x'.repeat(73), attempt: 1, crash: false })).toThrow('does not fit');
  });
});
