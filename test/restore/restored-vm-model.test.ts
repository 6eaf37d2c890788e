import fc from 'fast-check';
import { leftOut, restoredVmModel, type VmChoices } from '../../src/restore/restored-vm-model';
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

const made = {
  interfaces: [{ id: '/nic', primary: true }],
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

// biome-ignore lint/suspicious/noExplicitAny: a model of any shape is looked into
const modelOf = (point: RecoveryPoint, choices: VmChoices = {}): any =>
  restoredVmModel(point, choices, made).model;

test('the new VM is what the old one was, with the new disks in the places of the old ones', () => {
  const model = modelOf(pointOf(rich));
  expect(model).toMatchObject({
    location: 'westeurope',
    zones: ['2'],
    tags: { team: 'blue' },
    plan: { name: 'p', product: 'q', publisher: 'r' },
    identity: { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [IDENTITY]: {} } },
    properties: {
      hardwareProfile: rich.properties.hardwareProfile,
      licenseType: 'Windows_Server',
      priority: 'Spot',
      evictionPolicy: 'Deallocate',
      billingProfile: { maxPrice: -1 },
      userData: 'aGVsbG8=',
      additionalCapabilities: { ultraSSDEnabled: true },
      securityProfile: rich.properties.securityProfile,
      diagnosticsProfile: rich.properties.diagnosticsProfile,
      availabilitySet: { id: '/set' },
      networkProfile: {
        networkInterfaces: [{ id: '/nic', properties: { primary: true, deleteOption: 'Detach' } }],
      },
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
    },
  });
  expect(model.tags).not.toHaveProperty('Backup-Policy');
});

test('nothing of it sets the guest up anew, or claims what Azure decides', () => {
  const { properties } = modelOf(pointOf(rich));
  for (const field of ['osProfile', 'vmId', 'provisioningState'])
    expect(properties).not.toHaveProperty(field);
  expect(properties.storageProfile.imageReference).toBeUndefined();
  expect(properties.storageProfile.osDisk.name).toBeUndefined();
});

test('what leans on other resources is left out where Azure refuses, each with a warning', () => {
  const { optional } = restoredVmModel(pointOf(rich), {}, made);
  expect(optional.flatMap(({ paths }) => paths)).toEqual(
    expect.arrayContaining([
      'identity',
      'identity.type',
      'properties.availabilitySet',
      'properties.diagnosticsProfile.bootDiagnostics.storageUri',
    ]),
  );
  expect(optional.find(({ paths }) => paths.includes('properties.availabilitySet'))).toMatchObject({
    place: true,
    hints: expect.arrayContaining(['/set', 'availabilitySet', 'availability set']),
    warning: expect.stringContaining('The new VM comes without the availability set'),
  });
  const allowed = restoredVmModel(pointOf(rich), { allowLessProtected: true }, made).optional;
  expect(allowed.length).toBeGreaterThan(optional.length);
});

test('what is missing is named beforehand, and what nobody would miss is not', () => {
  expect(leftOut(pointOf({}), {})).toEqual([]);
  expect(leftOut(pointOf(rich), {})).toEqual([
    expect.stringContaining('The vTPM of the new VM is a new one'),
    expect.stringContaining('The system-assigned identity of the new VM is a new one'),
  ]);
  const patched = { windowsConfiguration: { patchSettings: { patchMode: 'AutomaticByPlatform' } } };
  expect(leftOut(pointOf({ properties: { osProfile: patched } }), {})).toEqual([
    'The new VM comes without the patch settings: Azure takes an OS profile only for a VM that it sets up itself.',
  ]);
  const usual = { windowsConfiguration: { patchSettings: { patchMode: 'AutomaticByOS' } } };
  expect(leftOut(pointOf({ properties: { osProfile: usual } }), {})).toEqual([]);
  const partial = pointOf({});
  partial.vm.excludedDisks = [{ lun: 3, name: 'scratch' }];
  expect(leftOut(partial, {})).toEqual(['The disk scratch at LUN 3 is not in the recovery point.']);
  expect(leftOut(pointOf({}), { disks: ['os'] })).toEqual([
    'The new VM comes without the disk data at LUN 7.',
  ]);
});

test('what was asked for wins: size, zone, disks, tags', () => {
  const model = modelOf(pointOf(rich), {
    size: 'Standard_D2s_v5',
    zone: '3',
    disks: ['os'],
    tags: { team: 'red', a: 'b' },
  });
  expect(model.zones).toEqual(['3']);
  expect(model.tags).toEqual({ team: 'red', a: 'b' });
  expect(model.properties.hardwareProfile).toEqual({ vmSize: 'Standard_D2s_v5' });
  expect(model.properties.storageProfile.dataDisks).toEqual([]);
});

test('the tag that protects is kept where it is asked for, and never more tags than Azure takes', () => {
  expect(modelOf(pointOf(rich), { keepBackupTag: true }).tags).toEqual(rich.tags);
  const tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, 'x']));
  expect(Object.keys(modelOf(pointOf({ tags })).tags)).toHaveLength(47);
  expect(leftOut(pointOf({ tags }), {})).toEqual([
    'The new VM comes without 3 of its tags: it needs three of its own.',
  ]);
});

test('a disk of the point that was not restored stops the VM from being made', () => {
  const disks = made.disks.slice(1);
  expect(() => restoredVmModel(pointOf(rich), {}, { ...made, disks })).toThrow(/not restored/);
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
      const { storageProfile } = modelOf(point).properties;
      expect(storageProfile.osDisk.managedDisk).toEqual({ id: '/disks/new-os' });
      expect(storageProfile.dataDisks).toHaveLength(1);
      leftOut(point, {});
    }),
  );
});
