import { CATALOGUE } from '../../src/failures/catalogue';
import { ANSWERED, REFUSED_BY_STORAGE } from './remedies/answers';
import { newSubject } from './support/follow';
import { startRemedyWorld, type World } from './support/remedy-world';

/** Who is refused by the API and does what the remedy says is served. */
let world: World;
beforeAll(async () => {
  world = await startRemedyWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  world.blobs.faults.clear();
  await world.clearFaults();
});

test.each(ANSWERED.map((one) => [one.code, one] as const))(
  '%s: what its remedy says is served',
  async (code, { ask, follow }) => {
    const vm = await newSubject(world, code.toLowerCase(), {});
    const { status, body } = await ask(world, vm);
    expect({ code: body.code, refused: status >= 400 }).toEqual({ code, refused: true });
    const served = await follow(world, vm);
    expect({ isServed: served.status < 300, body: served.body }).toMatchObject({ isServed: true });
  },
);

test.each(REFUSED_BY_STORAGE)(
  '%s: once its cause is put right in Azure, backups go on without a restart',
  async (code, status, azureCode) => {
    const vm = await newSubject(world, code.toLowerCase(), {});
    const effect = { kind: 'refuse', status, code: azureCode } as const;
    world.blobs.faults.add({ method: '*', prefix: '', skip: 0, count: 1e6, effect });
    const refused = await world.call('POST', `vms/${vm.key}/backups`, {});
    expect(refused.body).toMatchObject({ code, remedy: CATALOGUE[code].remedy });
    world.blobs.faults.clear();
    await world.app.settle();
    expect(await world.backUp(vm.name)).toMatchObject({ state: 'Succeeded' });
  },
);
