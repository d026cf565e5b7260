import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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

  test('is unpacked where gzip packed it, by its content, up to the same size', () => {
    const path = join(folder, 'x.json.gz');
    writeFileSync(path, gzipSync('{"ü": 1}'));
    expect(readText(path, 'a trace')).toBe('{"ü": 1}');
    writeFileSync(path, gzipSync('{"ü": 1}').subarray(0, 12));
    expect(() => readText(path, 'a trace')).toThrow(/x\.json\.gz is packed by gzip and broken, expected a trace$/);
    const mebibyte = gzipSync(Buffer.alloc(1 << 20));
    writeFileSync(path, Buffer.concat([...Array.from({ length: 256 }, () => mebibyte), gzipSync('x')]));
    expect(() => readText(path, 'a trace')).toThrow(/has more than 256 MiB, too much for a trace$/);
  });

  test('may be in the UTF-16 that Windows writes', () => {
    const path = join(folder, 'utf16.txt');
    writeFileSync(path, Buffer.from('\uFEFFPING é', 'utf16le'));
    expect(readText(path, 'a trace')).toBe('PING é');
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
      '/dev/zero has more than 256 MiB, too much for a scenario',
    );
  });
});
