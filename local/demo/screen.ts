import { styleText } from 'node:util';
import CliTable from 'cli-table3';
import type { JobEvent } from './job-events';
import { type DiskProgress, type ProgressBars, progressBars } from './progress-bars';
import { secondsInWords } from './words';

export interface Table {
  head: string[];
  rows: string[][];
  /** Columns of numbers. */
  right?: number[];
}

/** Where the demo shows what happens: bars and colours on a terminal, plain lines in a pipe. */
export interface Screen {
  title(text: string): void;
  chapter(title: string): void;
  line(text?: string): void;
  event(event: JobEvent): void;
  /** The disks that are on their way at this moment; none takes the bars away. */
  progress(disks: DiskProgress[]): void;
  table(table: Table): void;
  verdict(text: string, good: boolean): void;
}

type Style = Parameters<typeof styleText>[0];

const TONES: Record<JobEvent['tone'], Style | undefined> = {
  plain: undefined,
  good: 'green',
  caution: 'yellow',
  bad: 'red',
};
const INDENT = 3;
/** Where an event's text starts, behind its time stamp and VM. */
const EVENT_INDENT = 22;

/** `NO_COLOR` and pipes are honoured by `styleText`, which looks at the stream. */
export function createScreen(
  stream: NodeJS.WriteStream,
  now: () => number = () => performance.now(),
): Screen {
  const startedAt = now();
  const styled = (style: Style | undefined, text: string) =>
    style ? styleText(style, text, { stream }) : text;
  /** The last column stays free: a terminal may already wrap there. */
  const width = () => (stream.columns ?? Number.POSITIVE_INFINITY) - 1;
  let bars: ProgressBars | undefined;
  let chapters = 0;
  let lastLine = '';
  const write = (text: string) => {
    for (const line of text.split('\n')) {
      if (bars) bars.above(line);
      else stream.write(`${line}\n`);
      lastLine = line;
    }
  };
  /** Writes a block with one blank line before it and one behind it, however blocks follow each other. */
  const block = (text: string) => write(`${lastLine === '' ? '' : '\n'}${text}\n`);
  return {
    title(text) {
      write('');
      block(styled('bold', text));
    },
    chapter(title) {
      chapters++;
      block(styled('bold', `${chapters}  ${title}`));
    },
    line(text = '') {
      for (const line of wrap(text, width() - INDENT)) write(line && ' '.repeat(INDENT) + line);
    },
    event({ vm, text, tone }) {
      const stamp = styled('dim', secondsInWords(now() - startedAt));
      const lines = wrap(text, width() - EVENT_INDENT);
      write(`   ${stamp}  ${vm.padEnd(9)}  ${styled(TONES[tone], lines[0] ?? '')}`);
      for (const line of lines.slice(1)) write(' '.repeat(EVENT_INDENT) + styled(TONES[tone], line));
    },
    progress(disks) {
      if (!stream.isTTY) return;
      if (disks.length > 0) {
        bars ??= progressBars(stream);
        bars.update(disks);
      } else {
        bars?.end();
        bars = undefined;
      }
    },
    table: (table) => block(indent(tableText(table, styled))),
    verdict: (text, good) => block(styled(['bold', good ? 'green' : 'red'], text)),
  };
}

/** Breaks text at spaces into lines of at most `width` characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > Math.max(width, 20)) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

function tableText(
  { head, rows, right = [] }: Table,
  styled: (style: Style, text: string) => string,
): string {
  const table = new CliTable({
    head: head.map((text) => styled('bold', text)),
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows);
  return table.toString();
}

const indent = (text: string) => text.replaceAll(/^/gm, ' '.repeat(INDENT));
