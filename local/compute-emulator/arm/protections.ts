import { computeId, LOCATION } from '../cloud/ids';
import { groupRoute, type Route, route } from './rest/route';

/**
 * What protects disks, and the groups that hold everything, as far as they are looked for: all of them exist,
 * but for those that the settings call missing.
 */
export const protectionRoutes: readonly Route[] = [
  ...['diskAccesses', 'diskEncryptionSets'].map((type) =>
    groupRoute(`${type}.get`, 'GET', `/${type}/:name`, (_cloud, { names }) => ({
      status: 200,
      body: {
        id: computeId(names.group ?? '', type, names.name ?? ''),
        name: names.name,
        location: LOCATION,
        properties: { provisioningState: 'Succeeded' },
      },
    })),
  ),
  route(
    'resourceGroups.get',
    'GET',
    '/subscriptions/:subscription/resourceGroups/:group',
    (_cloud, { names }) => ({
      status: 200,
      body: {
        id: `/subscriptions/${names.subscription}/resourceGroups/${names.group}`,
        name: names.group,
        location: LOCATION,
        properties: { provisioningState: 'Succeeded' },
      },
    }),
  ),
];
