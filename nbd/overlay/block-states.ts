import { BLOCKS_PER_CHUNK } from '../../src/vault/format/geometry';

/**
 * Where a block of 4 KiB of a written disk is: still in the vault, in the overlay, or nowhere, being zeros.
 */
export const BLOCK = { vault: 0, data: 1, zeros: 2 } as const;
export type BlockState = (typeof BLOCK)[keyof typeof BLOCK];

/** The states of a chunk's blocks, two bits each. */
export const STATES_BYTES = BLOCKS_PER_CHUNK / 4;

export interface BlockRunOf {
  start: number;
  count: number;
  state: BlockState;
}

export const stateOf = (states: Uint8Array | undefined, block: number): BlockState => {
  const bits = ((states?.[block >> 2] ?? 0) >> ((block & 3) * 2)) & 3;
  return bits === BLOCK.data || bits === BLOCK.zeros ? bits : BLOCK.vault;
};

export function setState(states: Uint8Array, block: number, state: BlockState): void {
  const shift = (block & 3) * 2;
  const others = (states[block >> 2] ?? 0) & ~(3 << shift);
  states[block >> 2] = others | (state << shift);
}

/** Blocks `from` to `to` (not included) in runs of one state. */
export function stateRuns(states: Uint8Array | undefined, from: number, to: number): BlockRunOf[] {
  const runs: BlockRunOf[] = [];
  for (let block = from; block < to; block += 1) {
    const state = stateOf(states, block);
    const last = runs.at(-1);
    if (last?.state === state) last.count += 1;
    else runs.push({ start: block, count: 1, state });
  }
  return runs;
}
