import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../local/process/project-root';

const PAGE = ['docs', 'performance.md'];
const FIGURES = ['docs', 'performance'];

/** The parts of docs/performance.md that are made from figures. */
export type BlockName = 'system' | 'targets' | 'jobs' | 'growth' | 'planning' | 'cost';

/** Replaces what lies between the two markers of a block. Throws when the text has no such block. */
export function replaceBlock(text: string, name: BlockName, content: string): string {
  const begin = `<!-- figures: ${name} -->`;
  const end = `<!-- end of figures: ${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The page has no figures "${name}".`);
  return `${text.slice(0, from + begin.length)}\n\n${content.trim()}\n\n${text.slice(to)}`;
}

/** Puts new figures into docs/performance.md. */
export function publishBlock(name: BlockName, content: string): void {
  const file = path.join(projectRoot(), ...PAGE);
  writeFileSync(file, replaceBlock(readFileSync(file, 'utf8'), name, content));
}

/** Keeps what the page is made from beside it: a chart, or figures as JSON. */
export function publishFile(name: string, content: string): void {
  const folder = path.join(projectRoot(), ...FIGURES);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), content);
}

/** Figures that an earlier run published; undefined when there are none. */
export function publishedFigures<T>(name: string): T | undefined {
  const file = path.join(projectRoot(), ...FIGURES, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
}

/** A table in Markdown. */
export function markdownTable(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
