import { MultiBar, type SingleBar } from 'cli-progress';
import { formatBytes } from '../../client/format-bytes';

/** One disk on its way. */
export interface DiskProgress {
  vm: string;
  disk: string;
  doneBytes: number;
  /** 0 as long as nobody knows. */
  plannedBytes: number;
  /** Sent to the vault so far; absent when nothing is sent there. */
  sentBytes?: number;
}

/** A bar for each disk at the lower end of the terminal, with lines scrolling by above them. */
export interface ProgressBars {
  update(disks: DiskProgress[]): void;
  above(line: string): void;
  end(): void;
}

const CLEAR_TO_END_OF_LINE = '\x1b[K';
const WIDTH = 18;

/** @param stream a terminal */
export function progressBars(stream: NodeJS.WriteStream): ProgressBars {
  const multi = new MultiBar({
    stream,
    format: (_options, { progress }, payload) => barText(payload as DiskProgress, progress),
    fps: 10,
    hideCursor: true,
    clearOnComplete: true,
    // Signals are the demo's own business.
    gracefulExit: false,
  });
  const bars = new Map<string, SingleBar>();
  return {
    update(disks) {
      for (const disk of disks) {
        const key = `${disk.vm} ${disk.disk}`;
        const bar = bars.get(key) ?? multi.create(1, 0, disk);
        bars.set(key, bar);
        bar.setTotal(Math.max(disk.plannedBytes, 1));
        bar.update(Math.min(disk.doneBytes, disk.plannedBytes), disk);
      }
    },
    above: (line) => multi.log(`${line}${CLEAR_TO_END_OF_LINE}\n`),
    end() {
      // What is still waiting to be written above is written with the next drawing only.
      multi.update();
      multi.stop();
    },
  };
}

/** One line: which disk, a bar, how much of how much. At most 80 characters. */
export function barText(disk: DiskProgress, progress: number): string {
  const full = Math.round(progress * WIDTH);
  const bar = '━'.repeat(full) + '╌'.repeat(WIDTH - full);
  const share = `${Math.floor(progress * 100)} %`.padStart(5);
  const amount =
    disk.plannedBytes > 0 ? `${formatBytes(disk.doneBytes)} of ${formatBytes(disk.plannedBytes)}` : '';
  const sent = disk.sentBytes ? ` · ${formatBytes(disk.sentBytes)} sent` : '';
  return `   ${disk.vm.padEnd(9)} ${disk.disk.padEnd(7)} ${bar} ${share}  ${amount}${sent}`;
}
