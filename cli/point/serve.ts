import type { Vault } from '../../direct/open-vault';
import type { ServeAddress } from '../../nbd/address';
import type { Session } from '../command/session';
import { pointIn } from '../direct/find-in-vault';
import { inVault } from '../direct/in-vault';
import { library } from '../direct/load-library';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import { diskOf } from '../names/find-disk';
import type { Column } from '../output/column';

/** One opens faster than programs on the other end of a socket take. */
const THREADS = 1;

export interface ServeOptions {
  disk?: string[];
  socket?: string;
  port?: number;
  writable?: boolean;
  overlay?: string;
  cache?: number;
  cacheFolder?: string;
  cacheFolderSize: number;
}

interface ServedExport {
  name: string;
  uri: string;
}

const COLUMNS: Column<ServedExport>[] = [
  { name: 'name', title: 'Disk', value: ({ name }) => name },
  { name: 'uri', title: 'Address', value: ({ uri }) => uri },
];

/** Serves disks of points as block devices, until it is told to end; that is how it ends well. */
export async function servePoint(
  session: Session,
  texts: readonly string[],
  options: ServeOptions,
): Promise<void> {
  const address = addressOf(options);
  const serve = async (vault: Vault, signal: AbortSignal) => {
    const points: { pointId: string; diskIds?: string[] }[] = [];
    for (const text of texts) {
      const point = await pointIn(vault, text);
      const diskIds = options.disk?.map((disk) => diskOf(point, disk).diskId);
      points.push({ pointId: point.id, diskIds });
    }
    const server = await library().servePoints(vault, {
      points,
      address,
      writable: options.writable || options.overlay ? { overlay: options.overlay } : undefined,
      cacheBytes: options.cache,
      cacheFolder: options.cacheFolder
        ? { folder: options.cacheFolder, maxBytes: options.cacheFolderSize }
        : undefined,
      onNote: session.say,
    });
    const exports = server.uris.map(({ name, uri }) => ({ name, uri }));
    session.list({ document: { exports }, rows: exports, columns: COLUMNS });
    session.say('Ctrl-C ends it.');
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await server.close();
  };
  await inVault(session, '', serve, { threads: THREADS });
}

function addressOf({ socket, port }: ServeOptions): ServeAddress | undefined {
  if (socket !== undefined && port !== undefined)
    throw new Refused(EXIT.usage, 'A point is served on a socket or on a port: give one of them.');
  if (socket !== undefined) return { socket };
  return port === undefined ? undefined : { port };
}
