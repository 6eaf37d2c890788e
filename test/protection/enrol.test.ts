import type { DiscoveredVm } from '../../src/compute/vms/discover';
import { enrol, orphan } from '../../src/protection/enrol';
import { protectedVm } from './support/protection';

const NOW = '2026-03-10T09:00:00Z';
const vm = (tags: Record<string, string>): DiscoveredVm => ({
  key: 'a',
  ref: { subscriptionId: 's', resourceGroup: 'g', name: 'a' },
  resourceId: '/a',
  vmId: 'id-a',
  location: 'westeurope',
  os: 'Linux',
  powerState: 'running',
  tags,
  disks: [],
});

test('a VM enrols itself by its tag, and follows the tag when it changes', () => {
  const enrolled = enrol(vm({ 'backup-policy': 'gold' }), undefined, NOW);
  expect(enrolled).toMatchObject({ policy: 'gold', protectedBy: 'tag', enrolledAt: NOW });
  expect(enrol(vm({ 'backup-policy': 'silver' }), enrolled, NOW)).toMatchObject({ policy: 'silver' });
  expect(enrol(vm({ 'backup-policy': 'gold' }), enrolled, NOW)).toBeUndefined();
});

test('the name of the tag is the same in any case, as Azure has it', () => {
  expect(enrol(vm({ 'Backup-Policy': 'gold' }), undefined, NOW)).toMatchObject({ policy: 'gold' });
});

test('a VM that loses its tag keeps its policy', () => {
  expect(enrol(vm({}), protectedVm('a', { policy: 'gold' }), NOW)).toBeUndefined();
});

test('a tag has no say over the API, nor over a stop', () => {
  const tagged = vm({ 'backup-policy': 'gold' });
  expect(enrol(tagged, protectedVm('a', { protectedBy: 'api' }), NOW)).toBeUndefined();
  expect(enrol(tagged, protectedVm('a', { stopped: { at: NOW, data: 'retain' } }), NOW)).toBeUndefined();
});

test.each(['', 'Gold', '../jobs/x', 'a b', '{}'])(
  'a tag that says %j enrols nothing and breaks nothing',
  (tag) => {
    expect(enrol(vm({ 'backup-policy': tag }), undefined, NOW)).toBeUndefined();
  },
);

test('a VM that is gone becomes an orphan, and comes back when it is found again', () => {
  const gone = orphan(protectedVm('a'), NOW);
  expect(gone).toMatchObject({ orphanedSince: NOW });
  expect(orphan(gone!, NOW)).toBeUndefined();
  expect(enrol(vm({}), gone, NOW)).toEqual(protectedVm('a'));
});

test('a VM that moves keeps its record, which follows it to its new group', () => {
  const moved = { ...vm({}), ref: { subscriptionId: 's', resourceGroup: 'Other', name: 'a' } };
  const record = enrol(moved, protectedVm('a'), NOW);
  expect(record).toEqual({ ...protectedVm('a'), ref: moved.ref });
  const written = { ...moved, ref: { subscriptionId: 'S', resourceGroup: 'OTHER', name: 'A' } };
  expect(enrol(written, record, NOW)).toBeUndefined();
});
