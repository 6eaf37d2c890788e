import type { DurableClient } from 'durable-functions';
import type { LaneInput } from './backup-lane.orchestrator';
import { isAlive } from './orchestration-state';

const laneId = (lane: number) => `lane-${lane}`;

/**
 * Sees to it that enough lanes run for what is due, at most `bound` of them over the whole fleet: every lane is one orchestration
 * of a fixed id, which exists once. Returns how many it started.
 */
export async function startLanes(client: DurableClient, due: number, bound: number): Promise<number> {
  const lanes = Array.from({ length: Math.min(due, bound) }, (_, lane) => lane);
  const started = await Promise.all(lanes.map((lane) => startLane(client, lane)));
  return started.filter(Boolean).length;
}

async function startLane(client: DurableClient, lane: number): Promise<boolean> {
  if (await isAlive(client, laneId(lane))) return false;
  const input: LaneInput = { lane };
  // Another instance may have been faster; a lane that is not there now is started by the next tick.
  return client.startNew('backupLane', { instanceId: laneId(lane), input }).then(
    () => true,
    () => false,
  );
}

/** Sees to it that a lane comes by soon: starts one that rests. When none does, the next that is through with its backup comes. */
export async function startOneLane(client: DurableClient, bound: number): Promise<void> {
  for (let lane = 0; lane < bound; lane++) {
    if (await startLane(client, lane)) return;
  }
}
