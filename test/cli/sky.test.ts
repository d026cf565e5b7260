import { spawn } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';

const children: ReturnType<typeof spawn>[] = [];
afterAll(() => children.map((child) => child.kill()));

interface Done {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command with a locale of its own. What is written to its input follows `onOutput`, which hears all output so far. */
const run = (
  command: readonly string[],
  {
    env = {},
    onOutput,
  }: {
    readonly env?: Record<string, string>;
    readonly onOutput?: (out: string, send: (keys: string) => void) => void;
  } = {},
): Promise<Done> =>
  new Promise((resolve) => {
    const { LC_ALL: _, LC_CTYPE: __, NO_COLOR: ___, FORCE_COLOR: ____, ...inherited } = process.env;
    const child = spawn(command[0]!, command.slice(1), {
      env: { ...inherited, LANG: 'C.UTF-8', TERM: 'xterm', ...env },
    });
    children.push(child);
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      onOutput?.(out, (keys) => child.stdin.write(keys));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    if (onOutput === undefined) child.stdin.end();
    child.on('close', (code) => resolve({ code, out, err }));
  });

const starlane = (...args: readonly string[]) => [process.execPath, 'cli/main.ts', ...args];

const PATH = ['paths', '--from', 'New York', '--to', 'London', '--choice', 'held', '--watch'];

describe('starlane sky', () => {
  test('draws a scenario at an instant: map, legs, and what comes next', async () => {
    const { code, out, err } = await run(starlane('sky', 'test/scenarios/pair.yaml', '--at', '20'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(out).toMatchFileSnapshot('../golden/sky/pair-20s.txt');
    const [same, other] = await Promise.all(
      ['2026-01-01T00:00:30Z', '2026-01-01T00:00:31Z'].map((at) =>
        run(starlane('sky', 'test/scenarios/pair.yaml', '--at', at)),
      ),
    );
    expect(same!.out).toBe(out);
    expect(other!.out).not.toBe(out);
  });

  test('needs no scenario, and no path', async () => {
    const [path, bare] = await Promise.all([
      run(starlane('sky', '-c', 'kuiper-k1', '--from', 'Madrid', '--to', 'New York', '--width', '80')),
      run(starlane('sky', '-c', 'telesat-t1', '--gateways')),
    ]);
    expect([path!.code, bare!.code]).toEqual([0, 0]);
    expect(path!.out).toMatch(/^A Madrid, ES → a \d+ /m);
    expect(
      Math.max(
        ...path!.out
          .split('\n')
          .slice(4, 24)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
    expect(bare!.out).toMatch(/^the sky\n.*\n.* 351 satellites/);
    expect(bare!.out).toContain('▵ other gateway');
    expect(path!.out).not.toContain('gateway');
    expect(bare!.out).not.toContain('next slot');
  });

  test('is ASCII in another locale, and has no colours in a pipe', async () => {
    const { out } = await run(starlane('sky', '-c', 'kuiper-k1', '--from', 'São Paulo', '--to', 'Bogotá'), {
      env: { LANG: 'C' },
    });
    expect(out).toMatch(/^[\n -~]+$/);
    expect(out).toContain('Sao Paulo, BR -> a ');
  });

  test.each([
    [
      'a site that is none',
      ['sky', 'test/scenarios/pair.yaml', '--from', 'londn'],
      /--from is "londn", which is no site; did you mean "london"\?/,
    ],
    [
      'a constellation beside a scenario',
      ['sky', 'test/scenarios/pair.yaml', '-c', 'oneweb'],
      /--constellation has no meaning with a scenario/,
    ],
    ['one end', ['sky', '--from', 'London'], /--to is missing; expected both ends/],
    ['a time that is none', ['sky', '--at', 'noon'], /Expected a time such as 90/],
    ['a width that is none', ['sky', '--width', '5'], /Expected a whole number from 40 to 400/],
    ['fibre to watch', [...PATH, '--medium', 'fibre'], /--medium is fibre, where nothing changes/],
    ['JSON to watch', [...PATH, '--json'], /--json excludes --watch/],
    ['a speed that is none', [...PATH, '--speed', '0'], /Expected a number above 0/],
  ])('answers %s in one line, with exit code 2', async (_, args, message) => {
    const { code, out, err } = await run(starlane(...args));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).toMatch(/^starlane: .*\n$/);
  });
});

describe('starlane paths --watch', () => {
  test('elsewhere than on a terminal prints a line for each change, and ends with its duration', async () => {
    const { code, out, err } = await run(starlane(...PATH, '--speed', '1000', '--duration', '2m'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(
      /^t 0 s, 2026-01-01T00:00:00\.000Z: New York City, US → .* → London, GB, one way 21\.\d{3} ms$/,
    );
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines.slice(1)) expect(line).toMatch(/^t (12|27|42|57|72|87|102|117) s, /);
  });

  /** On a terminal of that many rows, by util-linux `script`. After two frames `keys` are pressed. */
  const onTerminal = (
    keys: string,
    { rows = 50, env = {} }: { readonly rows?: number; readonly env?: Record<string, string> } = {},
  ) => {
    let isPressed = false;
    const words = starlane(...PATH, '--speed', '20').map((word) => `'${word}'`);
    return run(['script', '-qec', `stty rows ${rows} cols 100; exec ${words.join(' ')}`, '/dev/null'], {
      env,
      onOutput: (out, press) => {
        if (isPressed || out.split('next hand-over').length < 3) return;
        isPressed = true;
        press(keys);
      },
    });
  };
  const onLinux = test.runIf(process.platform === 'linux');

  onLinux('on a terminal draws until Ctrl-C, and leaves the screen as it was', async () => {
    const { code, out } = await onTerminal('\x03');
    expect(code).toBe(130);
    const [before, during, after, ...more] = out.split(new RegExp(`${ESCAPE}\\[\\?1049[hl]`));
    expect(more).toEqual([]);
    expect(out.indexOf('\x1b[?1049h')).toBeLessThan(out.indexOf('\x1b[?1049l'));
    expect(before!.trim()).toBe('');
    expect(after!.replace('^C', '').trim()).toBe('');
    for (const mode of ['25', '7']) {
      // The cursor, and the wrapping of lines: both are off while it draws, and on again at its end.
      const [on, off] = [during!.lastIndexOf(`\x1b[?${mode}h`), during!.lastIndexOf(`\x1b[?${mode}l`)];
      expect(off).toBeGreaterThanOrEqual(0);
      expect(on).toBeGreaterThan(off);
    }
    expect(during).toContain('\x1b[1;36m');
    expect(during).toContain('(20 times as fast as real time; Ctrl-C ends)');
  });

  onLinux(
    'on a small terminal draws a smaller map, so that the next hand-over is still on it, and no colours with NO_COLOR',
    async () => {
      const { code, out } = await onTerminal('\x03', { rows: 27, env: { NO_COLOR: '1' } });
      expect(code).toBe(130);
      expect(out).not.toMatch(new RegExp(`${ESCAPE}\\[[1-9][\\d;]*m`));
      for (const frame of out.split('\x1b[H').slice(1)) expect(frame.split('\r\n').length).toBeLessThanOrEqual(27);
    },
  );
});

const ESCAPE = '\\u001b';
