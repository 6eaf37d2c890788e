// All that reads a vault and serves its disks, in one piece that is loaded when a command needs it. The
// bundle is made of it and of the rest; see local/build/bundle-command.cjs.

export { checkVault } from '../../direct/check/check-vault';
export { codecOnThreads } from '../../direct/codec-threads';
export { copyVault } from '../../direct/copy/copy-vault';
export { exportDisk } from '../../direct/export/export-disk';
export { streamDisk } from '../../direct/export/stream-disk';
export { uploadDisk } from '../../direct/export/upload-disk';
export { openVaultAt, placeAt } from '../../direct/open-vault';
export { readOnePoint, readPoints } from '../../direct/points/read-points';
export { countUsage } from '../../direct/usage/count-usage';
export { servePoints } from '../../nbd/serve-points';
