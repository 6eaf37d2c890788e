import fc from 'fast-check';
import { chosen, parsePoint } from '../../cli/names/find-point';
import { vmNamed } from '../../cli/names/find-vm';
import type { PointDescription, VmDescription } from '../../client/api-types';

const vm = (name: string, resourceGroup: string, key: string) =>
  ({ name, resourceGroup, key }) as VmDescription;
const FLEET = [
  vm('web-1', 'prod', 'web-1-00aa'),
  vm('web-1', 'test', 'web-1-11bb'),
  vm('web', 'prod', 'web-22cc'),
  vm('SQL', 'prod', 'sql-33dd'),
];

describe('the short name of a VM', () => {
  it.each([
    ['a key', 'web-1-11bb', 'web-1-11bb'],
    ['a name, in any case', 'sql', 'sql-33dd'],
    ['a name, although keys of others begin with it', 'web', 'web-22cc'],
    ['a group and a name', 'TEST/web-1', 'web-1-11bb'],
    ['the beginning of a key', 'web-1-0', 'web-1-00aa'],
  ])('%s finds it', (_, text, key) => expect(vmNamed(FLEET, text).key).toBe(key));

  it('lists the candidates when it may mean several', () => {
    expect(() => vmNamed(FLEET, 'web-1')).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: '"web-1" may mean 2 of them:\n  web-1-00aa  (prod/web-1)\n  web-1-11bb  (test/web-1)',
      }),
    );
  });

  it.each(['nobody', '', '/', 'prod/'])('%j finds none, and the command that lists them is named', (text) => {
    expect(() => vmNamed(FLEET, text)).toThrow(
      expect.objectContaining({ exitCode: 3, remedy: 'vmbackup vm list lists them.' }),
    );
  });
});

const point = (time: string) =>
  ({
    id: `web-1-00aa.${time.replace(/[-:]|\.\d+/g, '').toLowerCase()}`,
    vm: 'web-1-00aa',
    time,
  }) as PointDescription;
const POINTS = [
  '2026-11-19T02:00:00Z',
  '2026-11-20T02:00:00Z',
  '2026-11-20T14:00:00Z',
  '2026-11-21T02:00:00Z',
].map(point);

describe('the short name of a point', () => {
  const timesOf = (text: string, points = POINTS) => {
    const parsed = parsePoint(text);
    return 'id' in parsed ? parsed.id : chosen(points, parsed.which).map(({ time }) => time);
  };
  it.each([
    ['latest', ['2026-11-21T02:00:00Z']],
    ['-0', ['2026-11-21T02:00:00Z']],
    ['-2', ['2026-11-20T02:00:00Z']],
    ['-4', []],
    ['2026-11-20', ['2026-11-20T14:00:00Z']],
    ['2026-11-20T02', ['2026-11-20T02:00:00Z']],
    ['2026-11', ['2026-11-21T02:00:00Z']],
    ['2026-11-22', []],
    ['20261119t', ['2026-11-19T02:00:00Z']],
    ['20261120', ['2026-11-20T14:00:00Z', '2026-11-20T02:00:00Z']],
  ])('web-1@%s', (choice, times) => expect(timesOf(`web-1@${choice}`)).toEqual(times));

  it('takes the newest whatever the order in which the points are listed', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(POINTS, { minLength: 1 }), (some) => {
        const newest = some
          .map(({ time }) => time)
          .sort()
          .at(-1);
        expect(timesOf('web-1@latest', some)).toEqual([newest]);
      }),
    );
  });

  it('a full id stands for itself', () => expect(timesOf(POINTS[0]!.id)).toBe(POINTS[0]!.id));

  it.each(['web-1', 'web-1@', '@latest', 'web-1@yesterday', 'web-1@-', 'web-1@2026-1-2'])(
    '%j names none, and the ways to name one are told',
    (text) =>
      expect(() => parsePoint(text)).toThrow(
        expect.objectContaining({ exitCode: 2, remedy: expect.stringContaining('web-1@latest') }),
      ),
  );
});
