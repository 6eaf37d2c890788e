import type { DurableClient } from 'durable-functions';
import type { LaneInput } from '../../activities/contract';
import { isAlive } from './orchestration-state';

const laneId = (lane: number) => `lane-${lane}`;

/**
 * Starts a lane for each backup that is due, as far as lanes rest among the `bound` of the whole fleet: one
 * that runs may be busy with a single backup for hours. Every lane is one orchestration of a fixed id, which
 * exists once. Returns how many it started.
 */
export async function startLanes(client: DurableClient, due: number, bound: number): Promise<number> {
  if (due === 0) return 0;
  const lanes = Array.from({ length: bound }, (_, lane) => lane);
  const alive = await Promise.all(lanes.map((lane) => isAlive(client, laneId(lane))));
  const resting = lanes.filter((lane) => !alive[lane]).slice(0, due);
  const started = await Promise.all(resting.map((lane) => start(client, lane)));
  return started.filter(Boolean).length;
}

/** Another instance may have been faster; a lane that is not there now is started by the next tick. */
function start(client: DurableClient, lane: number): Promise<boolean> {
  const input: LaneInput = { lane };
  return client.startNew('backupLane', { instanceId: laneId(lane), input }).then(
    () => true,
    () => false,
  );
}

/**
 * Sees to it that a lane comes by soon: starts one that rests. When none does, the next that is through with
 * its backup comes.
 */
export async function startOneLane(client: DurableClient, bound: number): Promise<void> {
  for (let lane = 0; lane < bound; lane++) {
    if (!(await isAlive(client, laneId(lane))) && (await start(client, lane))) return;
  }
}
