import type { Job } from '../../client/api-types';
import { nameOf, progressLines } from './progress-lines';

/** Shows how far jobs are. */
export interface Progress {
  update(job: Job): void;
  /** A sentence between. */
  note(words: string): void;
  /** Takes away what is only for the moment. */
  end(): void;
}

/** On a terminal a picture that is drawn over and over; elsewhere a line for each phase. */
export const progressOn = (stream: NodeJS.WriteStream): Progress =>
  stream.isTTY ? drawn(stream) : phaseByPhase((line) => void stream.write(`${line}\n`));

export function phaseByPhase(write: (line: string) => void): Progress {
  const told = new Set<string>();
  const once = (key: string, line: string) => {
    if (told.has(key)) return;
    told.add(key);
    write(line);
  };
  return {
    update(job) {
      if (job.state === 'Queued') once(`${job.id} queued`, `${nameOf(job)}: ${job.kind} is queued`);
      for (const { phase, startedAt } of job.phases ?? [])
        once(`${job.id} ${phase} ${startedAt}`, `${nameOf(job)}: ${phase}`);
    },
    note: write,
    end: () => undefined,
  };
}

function drawn(stream: NodeJS.WriteStream): Progress {
  let height = 0;
  const clear = () => {
    if (height > 0) stream.write(`\u001b[${height}A\u001b[0J`);
    height = 0;
  };
  return {
    update(job) {
      const lines = progressLines(job, stream.columns || 80).slice(0, Math.max(1, (stream.rows || 24) - 1));
      clear();
      stream.write(`${lines.join('\n')}\n`);
      height = lines.length;
    },
    note(words) {
      clear();
      stream.write(`${words}\n`);
    },
    end: clear,
  };
}
