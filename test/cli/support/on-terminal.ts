import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { compiled } from '../../../local/process/project-root';

export interface Shown {
  code: number | null;
  /** All that the terminal got. */
  shown: string;
}

/** Runs the bundle on a terminal of its own (script(1) of util-linux), and types a line when it asks. */
export async function onTerminal(args: string[], cwd: string, types?: string): Promise<Shown> {
  const words = [process.execPath, compiled('vmbackup.cjs'), ...args];
  const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd,
    env: { PATH: process.env.PATH, HOME: '/nowhere', TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  let typed = types === undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (typed || !shown.includes(' to go on: ')) return;
    typed = true;
    child.stdin.write(`${types}\n`);
  });
  const [code] = await once(child, 'close');
  return { code, shown: shown.replaceAll('\r\n', '\n') };
}
