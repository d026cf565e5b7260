import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeWhole } from '../../../../core/config/io/write-whole.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a file that is written as a whole', () => {
  test('has the new text and the mode, and leaves nothing beside it', () => {
    const path = join(folder, 'a.json');
    writeWhole(path, 'old');
    writeWhole(path, 'new', 0o600);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('keeps what was there when the new text cannot take its place, names it, and leaves nothing beside it', () => {
    const path = join(folder, 'a.json');
    mkdirSync(path);
    writeFileSync(join(path, 'b'), 'old');
    expect(() => writeWhole(path, 'new')).toThrow(`cannot write ${path}: it is a folder`);
    expect(readFileSync(join(path, 'b'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.json']);
    expect(() => writeWhole(join(folder, 'none', 'a'), 'x')).toThrow(/: there is no such folder$/);
  });
});
