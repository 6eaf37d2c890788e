import fc from 'fast-check';
import { type RestorePlace, restoreOrders } from '../../src/restore/restore-orders';
import type { RecoveryPoint } from '../../src/vault/format/manifest';

const JOB = '20260301t020000z-restore-web-1-00000001-abcdef';

const pointOf = (names: string[]) =>
  ({
    pointId: 'web-1-00000001.20260301t020000z',
    vm: {
      subscriptionId: 's',
      resourceGroup: 'g',
      name: 'web-1',
      vmId: 'id-web-1',
      os: 'Linux',
      configuration: { virtualMachine: { location: 'westeurope' }, disks: [] },
    },
    disks: names.map((name, index) => ({
      diskId: index === 0 ? 'os' : `lun-${index - 1}`,
      name,
      sizeBytes: 1024,
    })),
  }) as unknown as RecoveryPoint;

test('every disk of a point is restored to a disk of its own, however alike their names are', () => {
  const stem = fc.string({ unit: fc.constantFrom('a', 'b', '-', '_', '1'), minLength: 1, maxLength: 78 });
  fc.assert(
    fc.property(stem, fc.integer({ min: 1, max: 32 }), (name, disks) => {
      const names = Array.from({ length: disks }, (_, index) => `${name}${index}`.slice(0, 80));
      const orders = restoreOrders(pointOf(names), JOB).orders;
      expect(new Set(orders.map((order) => order.name.toLowerCase())).size).toBe(disks);
      expect(new Set(orders.map((order) => JSON.stringify(order.tags))).size).toBe(disks);
      for (const order of orders) expect(order.name.length).toBeLessThanOrEqual(80);
    }),
  );
});

test('every restore has names of its own for its disks', () => {
  const [first, second] = [JOB, JOB.replace('abcdef', 'fedcba')].map((job) =>
    restoreOrders(pointOf(['os', 'data']), job).orders.map(({ name }) => name),
  );
  expect(new Set([...(first ?? []), ...(second ?? [])]).size).toBe(4);
});

test('a disk with keys of the customer is restored to one with the same keys, and any other is not', () => {
  const point = pointOf(['os', 'data']);
  const encryption = { type: 'EncryptionAtRestWithCustomerKey', diskEncryptionSetId: '/set' };
  const disks = [
    { name: 'os', properties: { encryption } },
    { name: 'data', properties: { encryption: { type: 'EncryptionAtRestWithPlatformKey' } } },
  ];
  Object.assign(point.vm.configuration as object, { disks });
  const models = restoreOrders(point, JOB).orders.map(({ model }) => model?.properties);
  expect(models).toEqual([expect.objectContaining({ encryption }), undefined]);
});

test('new disks are in the zone of the VM that gets them, and zone-redundant ones in none', () => {
  const point = pointOf(['os', 'data', 'redundant']);
  Object.assign(point.vm.configuration as object, {
    disks: [
      { name: 'os', zones: ['1'], sku: { name: 'Premium_LRS' } },
      { name: 'data', sku: { name: 'Premium_LRS' } },
      { name: 'redundant', sku: { name: 'Premium_ZRS' } },
    ],
  });
  const zonesOf = (place: RestorePlace) =>
    restoreOrders(point, JOB, place).orders.map(({ model }) => model?.zones);
  expect(zonesOf({})).toEqual([['1'], undefined, undefined]);
  expect(zonesOf({ zones: { ofVm: ['3'] } })).toEqual([['3'], ['3'], undefined]);
  expect(zonesOf({ zones: {} })).toEqual([undefined, undefined, undefined]);
});
