import { type DiskName, STEPS } from './steps';
import type { BenchSummary, Cell } from './summary';

const COLOURS = ['#0b6bcb', '#c4501b', '#7a8794', '#b8a13a'];
const LEFT = 250;
const PLOT = 520;
const RIGHT = 90;
const BAR = 12;
const GAP = 14;
const TOP = 56;

/**
 * Wall times of every step on one disk as bars with their spread, an SVG image that reads well on white and
 * on black.
 */
export function renderChart({ cells, tools, disks }: BenchSummary, disk: DiskName): string {
  const names = Object.keys(tools);
  const rows = STEPS.flatMap(({ id, title }) => {
    const bars = names.flatMap(
      (tool) => cells.find((c) => c.disk === disk && c.step === id && c.tool === tool) ?? [],
    );
    return bars.length > 0 ? [{ title, bars }] : [];
  });
  const most = Math.max(1, ...rows.flatMap(({ bars }) => bars.map(({ seconds }) => seconds.max)));
  let y = TOP;
  const drawn = rows.map(({ title, bars }) => {
    const group = drawGroup(title, bars, y, names, PLOT / most);
    y += bars.length * BAR + GAP;
    return group;
  });
  const width = LEFT + PLOT + RIGHT;
  const size = ((disks[disk] ?? 0) / 2 ** 30).toFixed(0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 8}" viewBox="0 0 ${width} ${y + 8}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="12" y="22" font-size="15" font-weight="bold">Seconds on the ${disk} disk of ${size} GiB: shorter is better</text>`,
    ...names.map((name, index) => legend(name, index)),
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

const colourOf = (index: number): string => COLOURS[index % COLOURS.length] ?? '#000000';

const legend = (name: string, index: number): string =>
  `<rect x="${LEFT + index * 110}" y="33" width="12" height="12" fill="${colourOf(index)}"/><text x="${LEFT + 17 + index * 110}" y="43">${name}</text>`;

function drawGroup(title: string, bars: Cell[], top: number, names: string[], scale: number): string {
  const middle = top + (bars.length * BAR) / 2 + 4;
  const drawn = bars.map(({ tool, seconds }, index) => {
    const y = top + index * BAR;
    const x = (value: number) => (LEFT + value * scale).toFixed(1);
    const centre = y + (BAR - 2) / 2;
    return [
      `<rect x="${LEFT}" y="${y}" width="${Math.max(1, seconds.median * scale).toFixed(1)}" height="${BAR - 2}" fill="${colourOf(names.indexOf(tool))}"/>`,
      `<line x1="${x(seconds.min)}" y1="${centre}" x2="${x(seconds.max)}" y2="${centre}" stroke="#222222"/>`,
      `<text x="${Number(x(seconds.max)) + 5}" y="${y + 9}" font-size="10" fill="#444444">${seconds.median.toFixed(2)}</text>`,
    ].join('');
  });
  return `<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${title}</text>${drawn.join('')}`;
}
