import { execFile } from 'node:child_process';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import { SHOWN_DEFAULTS } from '../../cli/shown-defaults.ts';

/** Prints the address of every module that is loaded, a line each, on standard error. */
const TELL = `import { registerHooks } from 'node:module';
  registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });`;

/** Runs the command line; resolves to what it printed, and the modules that it loaded. */
const told = (...args: readonly string[]): Promise<{ readonly out: string; readonly modules: readonly string[] }> =>
  new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(TELL)}`, 'cli/main.ts', ...args],
      (error, out, err) => (error === null ? resolve({ out, modules: err.trim().split('\n') }) : reject(error)),
    ),
  );

test('the overview names every command, and loads none of them', async () => {
  const { out, modules } = await told('--help');
  for (const { name } of COMMANDS) expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  const own = modules.filter((url) => url.startsWith('file:') && !url.includes('/node_modules/'));
  expect(own.filter((url) => !/\/(?:cli|core)\//.test(url))).toEqual([]);
  expect(own.length).toBeLessThan(15);
});

test('a command is loaded alone, also for `help`', async () => {
  const { out, modules } = await told('help', 'cache');
  expect(out).toContain('Usage: starlane cache');
  expect(out).toContain('clear');
  const commands = COMMANDS.filter(({ name }) => modules.some((url) => url.endsWith(`/cli/${name}.ts`)));
  expect(commands.map(({ name }) => name)).toEqual(['cache']);
});

test('each entry loads the command of its name', async () => {
  for (const { name, load } of COMMANDS) {
    const camel = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    expect((await load()).name).toBe(`${camel}Command`);
  }
});

test('the help of each command shows defaults as a user would write them', async () => {
  for (const { name, load } of COMMANDS) {
    const command = (await load())(new Command(name).configureHelp(SHOWN_DEFAULTS));
    const defaults = command.helpInformation().match(/\(default:[^)]*\)/g) ?? [];
    expect(
      defaults.filter((text) => /[[{"]|false/.test(text)),
      name,
    ).toEqual([]);
  }
});
