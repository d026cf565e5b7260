import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkOutput, makeFolder } from '../../../../core/config/io/output.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starlane-output-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a folder to write to', () => {
  test('is made with those above it, and is empty', () => {
    const path = join(folder, 'a', 'b', 'c');
    makeFolder(path, '--out');
    makeFolder(path, '--out');
    expect(readdirSync(path)).toEqual([]);
  });

  test.runIf(existsSync('/proc/self'))('below /proc is refused at once: the recursive call never returns there', () => {
    expect(() => makeFolder('/proc/starlane/results', '--out')).toThrow(
      /^--out is "\/proc\/starlane\/results", where nothing can be written: /,
    );
  });

  test('is refused where a file is, or a file on the way', () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    for (const path of [file, join(file, 'below'), join(file, 'far', 'below')]) {
      expect(() => makeFolder(path, '--out')).toThrow(/where nothing can be written: it is a file$/);
    }
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  test('is refused with an invalid name', () => {
    expect(() => makeFolder(`${folder}/a\0b`, '--out')).toThrow(/it holds a null character$/);
    expect(() => makeFolder(join(folder, 'x'.repeat(300)), '--out')).toThrow(/the name is too long$/);
  });

  test.skipIf(process.getuid?.() === 0)('is refused where permission is denied', () => {
    chmodSync(folder, 0o500);
    expect(() => makeFolder(join(folder, 'x'), '--out')).toThrow(/permission is denied$/);
    expect(() => makeFolder(folder, '--out')).toThrow(/permission is denied$/);
    chmodSync(folder, 0o700);
  });
});

describe('a file to write', () => {
  test('is tried and left as it was: new ones are not made, old ones keep their text', () => {
    const [fresh, old] = [join(folder, 'fresh'), join(folder, 'old')];
    writeFileSync(old, 'kept');
    for (const path of [fresh, old]) checkOutput(path, '--plot');
    expect(existsSync(fresh)).toBe(false);
    expect(readFileSync(old, 'utf8')).toBe('kept');
  });

  test('is refused where its path is a folder, or its folder is missing', () => {
    expect(() => checkOutput(folder, '--plot')).toThrow(
      /^--plot is ".*", where nothing can be written: it is a folder$/,
    );
    expect(() => checkOutput(join(folder, 'none', 'x.svg'), '--plot')).toThrow(/there is no such folder$/);
  });
});
