import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { barText } from '../../../local/demo/progress-bars';
import { createScreen, wrap } from '../../../local/demo/screen';

const disk = {
  vm: 'archive-1',
  disk: 'disk 12',
  doneBytes: 100 << 20,
  plannedBytes: 1000 << 20,
  sentBytes: 99 << 20,
};

function pipe(terminal?: { columns: number }) {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream & { read(): Buffer | null };
  if (terminal)
    Object.assign(stream, { isTTY: true, getColorDepth: () => 8, cursorTo() {}, moveCursor() {} }, terminal);
  return { stream, text: () => String(stream.read() ?? '') };
}

describe('what the demo shows', () => {
  it('is plain lines in a pipe: no colours, no bars', () => {
    const { stream, text } = pipe();
    const screen = createScreen(stream, () => 0);
    screen.chapter('One');
    screen.event({ vm: 'web-1', text: 'recovery point created', tone: 'good' });
    screen.progress([disk]);
    screen.progress([]);
    screen.table({ head: ['a', 'b'], rows: [['1', '2']] });
    screen.verdict('Good.', true);
    expect(text()).toBe(
      `1  One

    0.0 s  web-1      recovery point created

   ┌───┬───┐
   │ a │ b │
   ├───┼───┤
   │ 1 │ 2 │
   └───┴───┘

Good.

`,
    );
  });

  it('wraps what is too long for the terminal, under its own column', () => {
    const { stream, text } = pipe({ columns: 80 });
    createScreen(stream, () => 0).event({ vm: 'web-1', text: 'word '.repeat(20).trim(), tone: 'plain' });
    const lines = stripVTControlCharacters(text()).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines.every((line) => line.length < 80)).toBe(true);
    expect(lines[1]).toMatch(/^ {22}word/);
  });

  it('has no line of a bar that is wider than 80 columns', () => {
    const widest = barText(
      { ...disk, doneBytes: 999 << 20, plannedBytes: 999 << 20, sentBytes: 999 << 20 },
      1,
    );
    expect(widest.length).toBeLessThanOrEqual(80);
    expect(barText({ ...disk, doneBytes: 0, plannedBytes: 0, sentBytes: 0 }, 0)).toContain('0 %');
  });

  it.each([
    ['short', 10, ['short']],
    ['', 10, ['']],
    ['one two three four five six seven', 20, ['one two three four', 'five six seven']],
    ['a-word-that-is-longer-than-the-line and more', 20, ['a-word-that-is-longer-than-the-line', 'and more']],
  ])('breaks "%s" at spaces', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});
