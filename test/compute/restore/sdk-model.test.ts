import path from 'node:path';
import { asDisk, asVirtualMachine, type Wire } from '../../../src/compute/restore/sdk-model';
import { writableProperties } from '../../restore/support/writable-properties';

/** Documents with everything in them that can be written, as Azure answers it. */
test.each([
  ['VM', 'compute', 'virtualMachineSerializer', asVirtualMachine],
  ['disk', 'computeDisk', 'diskSerializer', asDisk],
] as const)('every property of a %s gets through the SDK as it was', (_kind, models, serializer, asSdk) => {
  const paths = writableProperties(models, serializer).filter((one) => !UNREACHED.test(one));
  const wire = paths.reduce<Wire>(
    (document, one, index) => withLeaf(document, one.split('.'), `v${index}`),
    {},
  );
  const file = path.join(
    process.cwd(),
    'node_modules/@azure/arm-compute/dist/commonjs/models',
    models,
    'models.js',
  );
  expect(JSON.parse(JSON.stringify(require(file)[serializer](asSdk(wire))))).toEqual(wire);
});

/**
 * Network interfaces that Azure makes with the VM: a restore makes them itself. Identities are a map by id.
 */
const UNREACHED = /networkInterfaceConfigurations|userAssignedIdentities/;

function withLeaf(document: Wire, [step = '', ...rest]: string[], leaf: string): Wire {
  const isList = step.endsWith('[]');
  const name = step.replace(/\[\]$/, '');
  const known = document[name] as Wire | Wire[] | undefined;
  if (rest.length === 0) return { ...document, [name]: isList ? [leaf] : leaf };
  const child = withLeaf((Array.isArray(known) ? known[0] : known) ?? {}, rest, leaf);
  return { ...document, [name]: isList ? [child] : child };
}
