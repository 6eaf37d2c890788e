import type { Cloud } from '../../cloud/cloud';

const COPIED_IN_BACKGROUND = new Set(['PremiumV2_LRS', 'UltraSSD_LRS']);

/**
 * How far the background copy of a snapshot is: those of Ultra and Premium v2 disks take their time, others
 * are there at once.
 */
export function copiedPercent(cloud: Cloud, sourceSku: string | undefined, timeCreated: string): number {
  const { backgroundCopySeconds } = cloud.settings;
  if (!COPIED_IN_BACKGROUND.has(sourceSku ?? '') || backgroundCopySeconds === 0) return 100;
  const seconds = (cloud.now().getTime() - Date.parse(timeCreated)) / 1000;
  return Math.min(100, Math.floor((100 * seconds) / backgroundCopySeconds));
}
