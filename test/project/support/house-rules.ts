import { posix } from 'node:path';
import { FLOORS, KNOWS_ONLY, PACKAGES } from './floors';
import { COMPUTED, type Import } from './imports';

/** Says of each import that must not be why; of those that may be, nothing. */
export const houseFaults = (imports: Import[]): string[] =>
  imports.flatMap((one) => {
    const reason = one.isPackage ? packageFault(one) : roomFault(one);
    return reason === undefined ? [] : [`${one.from} imports ${one.to}: ${reason}`];
  });

const isIn = (path: string, room: string): boolean => path === `${room}.ts` || path.startsWith(`${room}/`);

/** A room, or a place of this machine, in the form of a package. */
const NO_PACKAGE =
  /^(?:src|client|local|direct|nbd|cli|tools|bench|test|dist|durable-vm-backup)$|^(?:file:|#|$)/;

/** Files that load what somebody else names. */
const LOADERS = ['local/functions-host/worker/app-thread.ts', 'tools/api-document.ts'];

function packageFault({ from, to }: Import): string | undefined {
  if (to === COMPUTED)
    return from.startsWith('test/') || LOADERS.includes(from) ? undefined : 'nobody can tell what that is';
  if (NO_PACKAGE.test(to)) return 'rooms are named by relative paths';
  const rooms = PACKAGES[to];
  if (!rooms || /^(test|bench|tools)\//.test(from)) return undefined;
  return rooms.some((room) => isIn(from, room)) ? undefined : `only ${rooms.join(', ')} may`;
}

function roomFault({ from, to }: Import): string | undefined {
  for (const [room, known] of Object.entries(KNOWS_ONLY)) {
    if (isIn(from, room) && !isIn(to, room) && !known.some((other) => isIn(to, other))) {
      return `${room} knows ${known.length > 0 ? `only ${known.join(', ')}` : 'nothing outside itself'}`;
    }
  }
  for (const [house, floors] of Object.entries(FLOORS)) {
    const [here, there] = [roomIn(house, from), roomIn(house, to)];
    if (here === undefined || there === undefined || here === there) continue;
    const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room));
    for (const room of [here, there])
      if (floorOf(room) < 0) return `${room} has no floor in ${house || 'the project'}`;
    if (floorOf(there) === floorOf(here))
      return `${here} and ${there} are on one floor of ${house || 'the project'}`;
    if (floorOf(there) > floorOf(here)) return `${there} is above ${here} in ${house || 'the project'}`;
  }
  return undefined;
}

/**
 * The room of a folder in which a file is: a folder of it, `.` for its own files; a file of the source's own
 * where that has a floor.
 */
export function roomIn(house: string, path: string): string | undefined {
  if (house !== '' && !path.startsWith(`${house}/`)) return undefined;
  const inside = house === '' ? path : path.slice(house.length + 1);
  const [first = '', ...rest] = inside.split('/');
  if (rest.length > 0) return first;
  const own = first.replace(/\.ts$/, '');
  return FLOORS[house]?.some((rooms) => rooms.includes(own)) ? own : '.';
}

/** Circles among files, and among folders (the folder of a file being its own). Types count. */
export function circlesIn(imports: Import[]): string[] {
  const inside = imports.filter(({ isPackage, from, to }) => !isPackage && from !== to);
  const folders = inside
    .map(({ from, to }) => ({ from: posix.dirname(from), to: posix.dirname(to) }))
    .filter(({ from, to }) => from !== to);
  return [...circles(inside), ...circles(folders)];
}

/** The strongly connected components of more than one node (Tarjan), each as one line. */
function circles(edges: { from: string; to: string }[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const found: string[] = [];
  const visit = (node: string): number => {
    order.set(node, order.size);
    let low = order.size - 1;
    path.push(node);
    for (const to of next.get(node) ?? []) {
      if (!order.has(to)) low = Math.min(low, visit(to));
      else if (path.includes(to)) low = Math.min(low, order.get(to) ?? low);
    }
    lowest.set(node, low);
    if (low === order.get(node)) {
      const circle = path.splice(path.indexOf(node));
      if (circle.length > 1) found.push(circle.sort().join(' ↔ '));
    }
    return low;
  };
  for (const node of next.keys()) if (!order.has(node)) visit(node);
  return found;
}
