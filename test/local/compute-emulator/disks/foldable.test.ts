import { findFoldablePair } from '../../../../local/compute-emulator/disks/foldable';

const live = (...layers: string[]) => ({ layers, isLive: true });
const frozen = (...layers: string[]) => ({ layers, isLive: false });

describe('layers that can be folded together', () => {
  it('are those between which no snapshot is left', () => {
    expect(findFoldablePair([live('a', 'b', 'c')])).toEqual({ lower: 'a', upper: 'b' });
    expect(findFoldablePair([live('a', 'b', 'c'), frozen('a', 'b')])).toEqual({ lower: 'a', upper: 'b' });
  });

  it.each([
    ['a disk still writes to the upper one', [live('a', 'b')]],
    ['a snapshot ends with the lower one', [live('a', 'b', 'c'), frozen('a'), frozen('a', 'b')]],
    [
      'a snapshot ends with the lower one, whatever the order',
      [frozen('a'), frozen('a', 'b'), live('a', 'b', 'c')],
    ],
    ['another disk goes on from the lower one', [live('a', 'b'), live('a', 'x')]],
    ['there is only one', [live('a')]],
    ['there is none', []],
  ])('are none when %s', (_why, stacks) => {
    expect(findFoldablePair(stacks)).toBeUndefined();
  });
});
