import { describe, expect, test, vi } from 'vitest';
import { Progress } from '../../../../core/process/io/progress.ts';

/** Work that is told over a clock which a test turns. */
const told = (isTTY: boolean, columns = 80) => {
  let nowMs = 0;
  let text = '';
  const stream = { isTTY, columns, write: (more: string) => (text += more) };
  const progress = new Progress({ stream, nowMs: () => nowMs });
  const at = (seconds: number, title: string, share: number | null, detail: string): void => {
    nowMs = seconds * 1000;
    progress.show(title, share, detail);
  };
  const wait = (seconds: number): void => {
    nowMs = seconds * 1000;
    progress.tick();
  };
  return { progress, at, wait, text: () => text };
};

describe('progress without a terminal', () => {
  test('is a plain line at each phase and every 10 s, without one control character', () => {
    const { progress, at, wait, text } = told(false);
    at(3, 'up', null, 'building images');
    wait(9);
    wait(14);
    at(15, 'up', null, 'starting containers');
    for (let second = 16; second < 40; second += 0.25) at(second, 'random        ', (second - 16) / 48, `${second} s`);
    progress.clear();
    expect(text().split('\n')).toEqual([
      '+3 s up: building images',
      '+14 s up: building images',
      '+15 s up: starting containers',
      '+16 s random 0 %: 16 s',
      '+26 s random 21 %: 26 s',
      '+36 s random 42 %: 36 s',
      '',
    ]);
  });

  test('is nothing for work that ends within 2 s', () => {
    const { progress, at, text } = told(false);
    at(0, 'links', 0.1, 'x');
    at(1.9, 'random', 0.9, 'x');
    progress.clear();
    expect(text()).toBe('');
  });

  test('passes on no line end and no code of what others say', () => {
    const { at, text } = told(false);
    at(3, 'up', null, '\x1b[31mbuilding\r\nimages\x07');
    expect(text()).toBe('+3 s up: [31mbuilding images \n'.replace(': [', ':  ['));
  });

  test('comes by itself while a phase takes its time, and ends with it', () => {
    vi.useFakeTimers();
    let text = '';
    const stream = { isTTY: false, write: (more: string) => (text += more) };
    const progress = new Progress({ stream, nowMs: () => Date.now() });
    progress.show('up', null, 'building images');
    vi.advanceTimersByTime(25_000);
    const lines = text.trim().split('\n').length;
    progress.clear();
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    expect(lines).toBe(3); // after 2, 12 and 22 s
    expect(text.trim().split('\n')).toHaveLength(lines);
  });
});

describe('progress on a terminal', () => {
  test('is one line that is rewritten, no wider than the terminal, and gone in the end', () => {
    const { progress, at, text } = told(true, 40);
    at(0, 'random', 0.5, 'a long detail that does not fit');
    at(0.05, 'random', 0.6, 'too soon');
    at(0.2, 'random', null, 'no share');
    progress.clear();
    const lines = text().split('\r\x1b[2K');
    expect(lines).toEqual(['', `random ${'█'.repeat(12)}${'░'.repeat(12)} a long `, 'random no share', '']);
    expect(lines[1]).toHaveLength(39);
    expect(text()).not.toContain('\n');
  });

  test('makes room for a line that stays', () => {
    const { progress, at, text } = told(true);
    at(0, 'random', null, 'x');
    progress.say('starlane: a node died');
    expect(text()).toBe('\r\x1b[2Krandom x\r\x1b[2Kstarlane: a node died\n');
  });

  test('of a terminal that cannot rewrite is plain lines', () => {
    vi.stubEnv('TERM', 'dumb');
    const { at, text } = told(true);
    vi.unstubAllEnvs();
    at(3, 'random', 0.5, 'x');
    expect(text()).toBe('+3 s random 50 %: x\n');
  });
});
