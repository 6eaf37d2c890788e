import { jumpingClock } from '../../../../local/functions-host';

const HOUR = 3_600_000;

let cancels: (() => void)[];
afterEach(() => {
  for (const cancel of cancels) cancel();
});

/** A clock with something that waits for each of these hours. */
function clockWith(...hours: number[]) {
  const clock = jumpingClock(0);
  const fired: number[] = [];
  let tell = () => {};
  cancels = hours.map((hour) =>
    clock.at(hour * HOUR, () => {
      fired.push(hour);
      tell();
    }),
  );
  const nextFired = () => new Promise<void>((resolve) => (tell = resolve));
  return { clock, fired, nextFired };
}

test('a jump to the next moment fires what waits for it, and nothing later', async () => {
  const { clock, fired, nextFired } = clockWith(5, 2, 3);
  for (const hour of [2, 3]) {
    const due = nextFired();
    clock.jumpToNext(2 * HOUR);
    await due;
    expect(fired.at(-1)).toBe(hour);
    expect(clock.now()).toBeLessThan((hour + 1) * HOUR);
  }
  expect(fired).toEqual([2, 3]);
});

test('for what is further away, or was cancelled, the clock does not move', () => {
  const { clock } = clockWith(1, 3);
  cancels[0]?.();
  clock.jumpToNext(2 * HOUR);
  expect(clock.now()).toBeLessThan(HOUR);
  cancels[1]?.();
  clock.jumpToNext(4 * HOUR);
  expect(clock.now()).toBeLessThan(HOUR);
});
