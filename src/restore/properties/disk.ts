import { decide, type PropertyTable } from './property';

const WHAT_IT_IS = 'Azure refuses the disk to VMs that do not fit, and boots it as what it is.';
const HOW_FAST =
  'It decides how fast the disk is; left out where another type of disk is asked for that has no such thing.';
const FROM_THE_POINT = 'It follows from what the disk is made of: the recovery point.';
const PROTECTS =
  'The copy must not be more open than the original; it is set before the first byte is written.';

/** Every property of a managed disk that can be written. Source: `Disk` of @azure/arm-compute. */
export const DISK: PropertyTable = {
  resource: 'Disk (Microsoft.Compute/disks)',
  apiVersion: '2026-03-02',
  properties: [
    ...decide('made-anew', 'A disk is restored in the region of its VM.', { location: 'the region' }),
    ...decide('restored', 'It decides where the disk is: where its VM is, for a disk that has a VM.', {
      zones: 'the zone',
      extendedLocation: 'the edge zone',
    }),
    ...decide('restored', 'With those that say for which restore the disk was made.', { tags: 'the tags' }),
    ...decide('restored', 'The restore can name another one for each disk.', { sku: 'the type of the disk' }),
    ...decide('restored', WHAT_IT_IS, {
      'properties.osType': 'the operating system',
      'properties.hyperVGeneration': 'the generation',
      'properties.purchasePlan': 'the plan',
      'properties.supportedCapabilities': 'the architecture and the disk controllers',
      'properties.creationData.logicalSectorSize': 'the size of sectors',
      'properties.supportsHibernation': 'hibernation',
    }),
    ...decide('restored', HOW_FAST, {
      'properties.diskIOPSReadWrite': 'the IOPS',
      'properties.diskMBpsReadWrite': 'the throughput',
      'properties.diskIOPSReadOnly': 'the IOPS of readers',
      'properties.diskMBpsReadOnly': 'the throughput of readers',
      'properties.tier': 'the performance tier',
      'properties.burstingEnabled': { name: 'bursting', usual: [false] },
      'properties.creationData.performancePlus': { name: 'Performance Plus', usual: [false] },
      'properties.optimizedForFrequentAttach': {
        name: 'the optimization for frequent attaching',
        usual: [false],
      },
      'properties.availabilityPolicy': 'the policy of availability',
    }),
    ...decide('restored', 'Shared disks are not in recovery points: it is 1 or nothing.', {
      'properties.maxShares': { name: 'the sharing of the disk', usual: [1] },
    }),
    ...decide('restored', PROTECTS, {
      'properties.encryption': { name: 'the encryption with keys of the customer', protects: true },
      'properties.networkAccessPolicy': {
        name: 'the network access policy',
        protects: true,
        usual: ['AllowAll'],
      },
      'properties.publicNetworkAccess': {
        name: 'the ban of public network access',
        protects: true,
        usual: ['Enabled'],
      },
      'properties.diskAccessId': { name: 'the disk access', protects: true },
      'properties.dataAccessAuthMode': {
        name: 'the login for reading its data',
        protects: true,
        usual: ['None'],
      },
      'properties.securityProfile.securityType': { name: 'the security type', protects: true },
    }),
    ...decide(
      'not-restored',
      'It belongs to the guest state of a confidential VM, which no recovery point has.',
      {
        'properties.securityProfile.secureVMDiskEncryptionSetId': 'the encryption set of the guest state',
      },
    ),
    ...decide(
      'not-restored',
      'The keys of Azure Disk Encryption live elsewhere; such disks are not backed up.',
      {
        'properties.encryptionSettingsCollection': { name: 'Azure Disk Encryption', usual: [false] },
      },
    ),
    ...decide('made-anew', FROM_THE_POINT, {
      'properties.creationData': 'what it is made of',
      'properties.diskSizeGB': 'the size',
      'properties.completionPercent': 'how far it is copied',
    }),
  ],
};
