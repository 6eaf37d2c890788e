import { randomInt } from 'node:crypto';
import { seededRandom } from '../support/seeded-random';
import { DAY, HOUR, START } from './support/bad-days/fleet';
import { restoresOf } from './support/bad-days/restores';
import {
  expectAllIsWell,
  expectAzureIsClean,
  expectContainerIsClean,
  expectPointsAreTrue,
} from './support/bad-days/the-end';
import { azureTrouble, RUN_TROUBLES, type RunTrouble, storageTrouble } from './support/bad-days/troubles';
import { knowFleet } from './support/bad-days/truth';
import { startWorld } from './support/bad-days/world';
import type { Timer } from './support/simulated-app';

/**
 * `npm run simulate:faults` takes forty fresh seeds. `BAD_DAYS_SEED` is the first, `BAD_DAYS_SEEDS` says how
 * many.
 */
const FIRST = Number(process.env.BAD_DAYS_SEED ?? randomInt(2 ** 31));
const SEEDS = Array.from({ length: Number(process.env.BAD_DAYS_SEEDS ?? 1) }, (_, index) => FIRST + index);
const DAYS = Number(process.env.BAD_DAYS ?? 30);
/** After them nothing goes wrong any more. */
const QUIET_DAYS = 4;
/** Longer than a deleted point can come back, and what it needs stays. */
const AFTERWARDS = 25 * DAY;

test.each(SEEDS)(
  'thirty bad days of eight VMs (seed %i): no point is lost, no VM stays off, nothing is left',
  async (seed) => {
    const random = seededRandom(seed);
    const world = await startWorld();
    const { clock, azure, blobs } = world;
    const happened = new Map<string, number>();
    const note = (what: string) => void happened.set(what, (happened.get(what) ?? 0) + 1);
    const truth = await knowFleet(world);
    const restores = restoresOf(world, truth, random);

    try {
      for (let day = 0; day < DAYS; day++) {
        await at(day, 2);
        await makeTrouble();
        await during('scheduler');
        await at(day, 3);
        await during('sweeper');
        await at(day, 5);
        await during('maintenance');
        await at(day, 14);
        await during('scheduler');
        await azure.clearFaults();
        blobs.faults.clear();
        for (const what of await restores.settle()) note(`a restore to ${what}`);
        await truth.notePoints();
        await guestsWrite(day);
      }
      for (let day = DAYS; day < DAYS + QUIET_DAYS; day++) {
        for (const hour of [2, 6, 10]) {
          await at(day, hour);
          await world.app.tick('scheduler');
          await world.app.tick('sweeper');
        }
        await world.app.tick('maintenance');
        for (const what of await restores.settle()) note(`a restore to ${what}`);
        await truth.notePoints();
      }
      await expectAllIsWell(world, truth, START + (DAYS + QUIET_DAYS - 1) * DAY);
      await expectPointsAreTrue(world, truth);
      await expectAzureIsClean(world, truth);
      clock.jump(AFTERWARDS);
      await world.app.tick('maintenance');
      await world.app.tick('maintenance');
      await expectContainerIsClean(world);
    } catch (error) {
      const things = (await world.arm.disksNamed('')).map(
        ({ name, tags }) => `${name} ${JSON.stringify(tags)}`,
      );
      console.error(
        [
          `seed ${seed}, ${new Date(clock.now()).toISOString()}`,
          ...things,
          ...restores.told,
          ...world.app.problems.slice(-30),
        ].join('\n'),
      );
      throw error;
    } finally {
      console.info(
        `seed ${seed}: ${[...happened]
          .map(([what, times]) => `${what} ${times}`)
          .sort()
          .join(', ')}`,
      );
      await world.close();
    }

    async function at(day: number, hour: number): Promise<void> {
      const time = START + day * DAY + hour * HOUR;
      if (time > clock.now()) clock.jump(time - clock.now());
    }

    async function makeTrouble(): Promise<void> {
      for (let count = random.between(0, 3); count > 0; count--) {
        const fault = azureTrouble(random);
        note('a fault of Azure');
        await azure.fault(fault);
      }
      for (let count = random.between(0, 2); count > 0; count--) {
        note('a fault of the storage');
        blobs.faults.add(storageTrouble(random));
      }
    }

    /**
     * Runs a timer function and all that comes of it, with restores beside it, and whatever befalls a run.
     */
    async function during(timer: Timer): Promise<void> {
      await world.app.startTick(timer);
      if (timer === 'scheduler' && random.chance(0.5)) await restores.ask();
      let blows = random.pick([0, 0, 0, 1, 1, 2]);
      while (!(await world.app.settle(blows > 0 ? random.between(5, 500) : undefined))) {
        blows -= 1;
        await befall(random.pick(RUN_TROUBLES));
      }
    }

    async function befall(trouble: RunTrouble): Promise<void> {
      const { app } = world;
      const id = random.pickIfAny(app.running())?.id;
      note(trouble);
      switch (trouble) {
        case 'restart':
          return world.restart();
        case 'lose the hub':
          return world.restart({ loseHub: true });
        case 'terminate':
          if (id) app.terminate(id);
          return;
        case 'cancel':
          await app.call('POST', `jobs/${id}/cancel`);
          return;
        case 'lose a record': {
          const store = blobs.container('vault');
          for await (const { name } of store.list('jobs/')) {
            if (id && name.endsWith(`${id}.json`)) await store.delete(name);
          }
        }
      }
    }

    async function guestsWrite(day: number): Promise<void> {
      for (const vm of truth.vms.values()) {
        if (!random.chance(0.3) || !truth.isWhole(vm)) continue;
        await azure.write(vm.name, day);
        await truth.wrote(vm);
      }
    }
  },
  7_200_000,
);
