import fc from 'fast-check';
import { leftOut, restoredVmModel } from '../../src/restore/restored-vm-model';
import type { RecoveryPoint } from '../../src/vault/format/manifest';

const IDENTITY =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i';

const pointOf = (virtualMachine: object) =>
  ({
    vm: {
      subscriptionId: 's',
      resourceGroup: 'g',
      name: 'web',
      vmId: 'v',
      os: 'Windows',
      configuration: {
        virtualMachine: { location: 'westeurope', properties: {}, ...virtualMachine },
        disks: [],
      },
    },
    disks: [
      { diskId: 'lun-7', lun: 7, name: 'data', sizeBytes: 1024 },
      { diskId: 'os', lun: -1, name: 'os', sizeBytes: 1024 },
    ],
  }) as unknown as RecoveryPoint;

const order = {
  networkInterfaceId: '/nic',
  keepBackupTag: false,
  disks: [
    { diskId: 'os', resourceId: '/disks/new-os' },
    { diskId: 'lun-7', resourceId: '/disks/new-7' },
  ],
};

const rich = {
  zones: ['2'],
  tags: { team: 'blue', 'Backup-Policy': 'daily' },
  plan: { name: 'p', product: 'q', publisher: 'r', promotionCode: null },
  identity: {
    type: 'SystemAssigned, UserAssigned',
    principalId: 'x',
    userAssignedIdentities: { [IDENTITY]: { principalId: 'y', clientId: 'z' } },
  },
  properties: {
    vmId: 'v',
    provisioningState: 'Succeeded',
    hardwareProfile: { vmSize: 'Standard_E8s_v5', vmSizeProperties: { vCPUsPerCore: 1 } },
    licenseType: 'Windows_Server',
    priority: 'Spot',
    evictionPolicy: 'Deallocate',
    billingProfile: { maxPrice: -1 },
    userData: 'aGVsbG8=',
    securityProfile: {
      securityType: 'TrustedLaunch',
      uefiSettings: { vTpmEnabled: true },
      encryptionAtHost: true,
    },
    additionalCapabilities: { ultraSSDEnabled: true },
    diagnosticsProfile: { bootDiagnostics: { enabled: true, storageUri: 'https://gone' } },
    osProfile: { computerName: 'web', adminUsername: 'root' },
    availabilitySet: { id: '/set' },
    networkProfile: { networkInterfaces: [{ id: '/old' }] },
    storageProfile: {
      diskControllerType: 'NVMe',
      imageReference: { id: '/image' },
      osDisk: {
        name: 'os',
        caching: 'ReadWrite',
        createOption: 'FromImage',
        managedDisk: { id: '/disks/os' },
      },
      dataDisks: [
        { lun: 7, caching: 'None', writeAcceleratorEnabled: true, managedDisk: { id: '/disks/data' } },
      ],
    },
  },
};

test('the new VM is what the old one was, with the new disks in the places of the old ones', () => {
  const model = restoredVmModel(pointOf(rich), order);
  expect(model).toMatchObject({
    location: 'westeurope',
    zones: ['2'],
    tags: { team: 'blue' },
    plan: { name: 'p', product: 'q', publisher: 'r' },
    identity: { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [IDENTITY]: {} } },
    hardwareProfile: rich.properties.hardwareProfile,
    licenseType: 'Windows_Server',
    priority: 'Spot',
    evictionPolicy: 'Deallocate',
    billingProfile: { maxPrice: -1 },
    userData: 'aGVsbG8=',
    additionalCapabilities: { ultraSSDEnabled: true },
    storageProfile: {
      diskControllerType: 'NVMe',
      osDisk: {
        createOption: 'Attach',
        osType: 'Windows',
        caching: 'ReadWrite',
        managedDisk: { id: '/disks/new-os' },
      },
      dataDisks: [
        {
          lun: 7,
          createOption: 'Attach',
          caching: 'None',
          writeAcceleratorEnabled: true,
          managedDisk: { id: '/disks/new-7' },
        },
      ],
    },
  });
  expect(model.networkProfile?.networkInterfaces).toEqual([
    { id: '/nic', primary: true, deleteOption: 'Detach' },
  ]);
  expect(model.tags).not.toHaveProperty('Backup-Policy');
});

test('nothing of it sets the guest up anew, or leans on what may be gone; what is missing is named', () => {
  const model = restoredVmModel(pointOf(rich), order);
  for (const field of ['osProfile', 'availabilitySet', 'vmId', 'instanceView'])
    expect(model).not.toHaveProperty(field);
  expect(model.storageProfile?.imageReference).toBeUndefined();
  expect(model.diagnosticsProfile).toEqual({ bootDiagnostics: { enabled: true } });
  expect(model.securityProfile).toEqual({ encryptionAtHost: true });
  expect(leftOut(pointOf(rich))).toEqual([
    'The new VM comes without the availability set that the VM had.',
    'The new VM comes without the TrustedLaunch that the VM had.',
  ]);
  expect(leftOut(pointOf({}))).toEqual([]);
  const partial = pointOf({});
  partial.vm.excludedDisks = [{ lun: 3, name: 'scratch' }];
  expect(leftOut(partial)).toEqual(['The disk scratch at LUN 3 is not in the recovery point.']);
});

test('the tag that protects is kept where it is asked for, and never more tags than Azure takes', () => {
  expect(restoredVmModel(pointOf(rich), { ...order, keepBackupTag: true }).tags).toEqual(rich.tags);
  const tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, 'x']));
  expect(Object.keys(restoredVmModel(pointOf({ tags }), order).tags ?? {})).toHaveLength(47);
});

test('a disk of the point that was not restored stops the VM from being made', () => {
  expect(() => restoredVmModel(pointOf(rich), { ...order, disks: order.disks.slice(1) })).toThrow(
    /not restored/,
  );
});

test('whatever a configuration holds besides, a VM of the point can be made', () => {
  const junk = fc.dictionary(
    fc.constantFrom('tags', 'plan', 'identity', 'zones', 'extendedLocation'),
    fc.jsonValue(),
  );
  const properties = fc.dictionary(
    fc.constantFrom(...Object.keys(rich.properties), 'capacityReservation', 'host'),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(junk, properties, (outer, inner) => {
      const point = pointOf({ ...outer, properties: inner });
      const model = restoredVmModel(point, order);
      expect(model.storageProfile?.osDisk?.managedDisk).toEqual({ id: '/disks/new-os' });
      expect(model.storageProfile?.dataDisks).toHaveLength(1);
      leftOut(point);
    }),
  );
});
