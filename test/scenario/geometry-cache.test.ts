import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Geometry } from '../../netem/sky/path/geometry.ts';
import { geometryFile, readGeometryFile } from '../../netem/sky/path/geometry-file.ts';
import { GeometryCache } from '../../scenario/io/geometry-cache.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const EPOCH_UNIX_MS = Date.UTC(2026, 0, 1, 0, 0, 12);
const FIRST_STEP = EPOCH_UNIX_MS / 1000 - 12;
const geometry = (memories?: ReadonlyMap<string, SharedArrayBuffer>): Geometry =>
  new Geometry({ epochUnixMs: EPOCH_UNIX_MS, stepMs: 1000, untilMs: 60_000, ...(memories && { memories }) });

/** A geometry that knows a slot of two ways, and how often it had to compute. */
const asked = (known = geometry(), ways = ['a', 'b']) => {
  let computed = 0;
  const usAt = (step: number, tag: number): number => {
    computed++;
    return step % 15 === 4 ? Number.POSITIVE_INFINITY : step + tag / 8;
  };
  const answers = ways.map((name) => known.way(name, { tagOf: () => 5, answers: 2, usAt })(FIRST_STEP + 16));
  return { known, answers, computed };
};

const fileOf = ({ memories, width }: Geometry): Buffer => geometryFile(memories, { what: 'a test', width });

test('a geometry comes back from its file as it was, and nothing of it is computed again', () => {
  const first = asked();
  const { head, memories } = readGeometryFile(fileOf(first.known))!;
  expect(head).toMatchObject({
    what: 'a test',
    width: 15,
    ways: [
      { name: 'a', rows: 1 },
      { name: 'b', rows: 1 },
    ],
  });
  const second = asked(geometry(memories));
  expect([second.answers, second.computed]).toEqual([first.answers, 0]);
  for (const [name, memory] of memories)
    expect(new Uint8Array(memory)).toEqual(new Uint8Array(first.known.memories.get(name)!));
});

test('a file that was cut off or changed anywhere is not read as a whole one, and is removed', () => {
  const file = fileOf(asked().known);
  const cache = new GeometryCache(folder);
  const path = join(folder, 'key.geometry');
  for (const at of [0, 25, 60, file.length >> 1, file.length - 1]) {
    const changed = Buffer.from(file);
    changed[at]! ^= 1;
    expect(readGeometryFile(changed)).toBe(null);
    expect(readGeometryFile(file.subarray(0, at))).toBe(null);
  }
  cache.save('key', file);
  truncateSync(path, file.length - 8);
  expect(cache.load('key')).toBe(null);
  expect(readdirSync(folder)).toEqual([]);
  cache.save('key', file);
  expect(cache.load('key')!.head.what).toBe('a test');
});

test('what was used longest ago goes first when the cache is full, and nothing is left unfinished', () => {
  const file = fileOf(asked().known);
  const cache = new GeometryCache(folder, 2.5 * file.length);
  for (const key of ['old', 'new']) cache.save(key, file);
  utimesSync(join(folder, 'old.geometry'), new Date(1000), new Date(1000));
  utimesSync(join(folder, 'new.geometry'), new Date(2000), new Date(2000));
  cache.load('old'); // now it is the new one
  cache.save('third', file);
  expect(readdirSync(folder).sort()).toEqual(['old.geometry', 'third.geometry']);
  cache.save('huge', Buffer.alloc(3 * file.length));
  expect(readdirSync(folder).sort()).toEqual(['old.geometry', 'third.geometry']);
});

test('clearing removes what is its own and nothing else', () => {
  const cache = new GeometryCache(folder);
  const file = fileOf(asked().known);
  cache.save('key', file);
  writeFileSync(join(folder, 'key.geometry.123.new'), 'half');
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  expect(cache.clear()).toBe(file.length + 4);
  expect(readdirSync(folder)).toEqual(['notes.txt']);
  expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
});

test('a folder that is not there keeps nothing and throws nothing', () => {
  const cache = new GeometryCache(join(folder, 'none'));
  cache.save('key', Buffer.alloc(10));
  expect([cache.load('key'), cache.entries(), cache.clear()]).toEqual([null, [], 0]);
});
