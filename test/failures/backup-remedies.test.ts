import { CATALOGUE } from '../../src/failures/catalogue';
import { BACKUPS, PASSING_BACKUPS } from './remedies/backups';
import { codesOf, newSubject, WINDOWS } from './support/follow';
import { startRemedyWorld, type World } from './support/remedy-world';

/** Who reads why a backup failed and does what the remedy says has the next one succeed. */
let world: World;
beforeAll(async () => {
  world = await startRemedyWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.clearFaults();
  await world.settings({ restorePointsPerVm: 500 });
});

test.each(BACKUPS.map((one) => [one.code, one] as const))(
  '%s: with its remedy followed, the next backup succeeds',
  async (code, followed) => {
    const vm = await newSubject(world, code.toLowerCase().slice(0, 40), followed);
    await followed.provoke(world, vm);
    const backUp = () => world.runs(`vms/${vm.key}/backups`);
    const failed = await backUp();
    expect({ codes: codesOf(failed), state: failed.state }).toEqual({
      codes: expect.stringContaining(code),
      state: 'Failed',
    });
    expect(failed.error?.remedy).toBe(CATALOGUE[code].remedy);
    await followed.follow(world, vm);
    const next = await (followed.instead?.(world, vm) ?? backUp());
    expect(next).toMatchObject({ state: 'Succeeded', warnings: [] });
  },
);

test.each(PASSING_BACKUPS.map((one) => [one.code, one] as const))(
  '%s: as its remedy says, nothing has to be done',
  async (code, { first, operation, effect, count = 1 }) => {
    const vm = await newSubject(world, code.toLowerCase().slice(0, 40), { shape: WINDOWS });
    await first?.(world, vm);
    await world.fault(operation, effect, count);
    expect(await world.backUp(vm.name)).toMatchObject({ state: 'Succeeded' });
    expect(await world.faultsLeft()).toEqual([]);
    expect(await world.backUp(vm.name)).toMatchObject({ state: 'Succeeded', warnings: [] });
  },
);
