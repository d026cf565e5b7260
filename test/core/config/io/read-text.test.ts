import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readText } from '../../../../core/config/io/read-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a text file', () => {
  test('is read whole and without its byte order mark', () => {
    const path = join(folder, 'x.yaml');
    const text = `é${'x'.repeat(3_000_000)}🚀`;
    writeFileSync(path, `\uFEFF${text}`);
    expect(readText(path, 'a scenario')).toBe(text);
  });

  test('that is a folder, absent or no name at all is a mistake', () => {
    expect(() => readText(folder, 'a scenario')).toThrow(/ is a folder, expected a scenario$/);
    expect(() => readText(join(folder, 'none'), 'a scenario')).toThrow(/none does not exist, expected a scenario$/);
    expect(() => readText('a\0b', 'a scenario')).toThrow(
      /cannot be read \(ERR_INVALID_ARG_VALUE\), expected a scenario$/,
    );
  });

  test.runIf(existsSync('/dev/zero'))('without an end is given up', () => {
    expect(() => readText('/dev/zero', 'a scenario')).toThrow(
      '/dev/zero has more than 64 MiB, too much for a scenario',
    );
  });
});
