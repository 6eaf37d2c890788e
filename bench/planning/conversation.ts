import { fork } from 'node:child_process';
import { once } from 'node:events';
import { compiled } from '../../local/process/project-root';

/** What a process of the app can be told to do. */
export type Order = 'connect' | 'plan' | 'claim';

interface Answer {
  seconds: number;
  /** What came of it, in words. */
  result: string;
}

/** A process that has just started. */
export interface AppProcess {
  /** Settles when the order has been carried out. The time is measured in the process. */
  tell(order: Order): Promise<Answer>;
  stop(): Promise<void>;
}

export function startAppProcess(environment: Record<string, string>): AppProcess {
  const child = fork(compiled('bench', 'planning', 'planning-process.js'), {
    env: { ...process.env, ...environment },
  });
  const ended = once(child, 'exit');
  return {
    async tell(order) {
      child.send(order);
      const [answer] = (await Promise.race([
        once(child, 'message'),
        ended.then(([code]) => {
          throw new Error(`The process that should ${order} ended with code ${code}.`);
        }),
      ])) as [Answer];
      return answer;
    },
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}

/** The other end: carries orders out one after the other, until nobody can give any more. */
export function listen(deeds: Record<Order, () => Promise<string>>): void {
  process.on('message', (order: Order) => {
    const begun = performance.now();
    deeds[order]().then(
      (result) => process.send?.({ seconds: (performance.now() - begun) / 1000, result } satisfies Answer),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
