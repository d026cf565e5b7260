import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';

const PAGES = globSync('**/*.md', { exclude: (name) => ['node_modules', 'results', '.git'].includes(name) });

/** The targets of links and pictures that are files of the project. */
const targetsIn = (page: string): readonly string[] =>
  [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);

test('there are pages with links', () => {
  expect(PAGES).toContain('README.md');
  expect(targetsIn('README.md').length).toBeGreaterThan(20);
});

test.each(PAGES)('%s links to files that exist', (page) => {
  const missing = targetsIn(page).filter((target) => !existsSync(join(dirname(page), target)));
  expect(missing).toEqual([]);
});

test('the table of the command line has every command', () => {
  const cells = [...readFileSync('cli/README.md', 'utf8').matchAll(/^\|([^|]*)\|/gm)].map(([, first]) => first!);
  const isThere = (name: string): boolean => cells.some((cell) => new RegExp(`\`${name}[ \`]`).test(cell));
  expect(COMMANDS.map(({ name }) => name).filter((name) => !isThere(name))).toEqual([]);
});
