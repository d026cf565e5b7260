import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const FIRST_MS = Date.UTC(2024, 4, 10);

/** A trace in the format of Azure's of 2024, a row each millisecond. */
const writeTrace = (path: string, rows: number): void => {
  const file = openSync(path, 'w');
  writeSync(file, 'TIMESTAMP,ContextTokens,GeneratedTokens\n');
  for (let row = 0; row < rows; ) {
    let piece = '';
    for (const end = Math.min(rows, row + 1000); row < end; row++) {
      const atMs = FIRST_MS + row;
      const second = new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
      piece += `${second}.${`${atMs % 1000}`.padStart(3, '0')}000+00:00,${(row % 4000) + 1},${(row % 400) + 1}\n`;
    }
    writeSync(file, piece);
  }
  closeSync(file);
};

const READ = `
import { fileSource } from ${JSON.stringify(resolve('workload/trace/io/file-source.ts'))};
import { readTrace } from ${JSON.stringify(resolve('workload/trace/read-trace.ts'))};
const [path, fromS, durationS] = process.argv.slice(1);
const trace = readTrace(fileSource(path), { fromS: Number(fromS), durationS: Number(durationS) });
console.log(JSON.stringify({ rows: trace.arrivalS.length, mib: process.resourceUsage().maxRSS / 1024 }));
`;

let folder = '';
const pathOf = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'starlane-trace-'));
  writeTrace(pathOf('short.csv'), 1_000_000);
  writeTrace(pathOf('long.csv'), 5_000_000);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true }));

const read = (name: string, fromS: number, durationS: number): { rows: number; mib: number } =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', READ, pathOf(name), `${fromS}`, `${durationS}`], {
      encoding: 'utf8',
    }),
  );

test('a million rows of a window take the memory of these rows, however large the file is and wherever they lie', () => {
  const whole = read('short.csv', 0, 1e6);
  const inside = read('long.csv', 3500, 1000);
  expect([whole.rows, inside.rows]).toEqual([1_000_000, 1_000_000]);
  expect(statSync(pathOf('long.csv')).size / 2 ** 20).toBeGreaterThan(190);
  expect(inside.mib).toBeLessThan(whole.mib + 30);
  const few = read('long.csv', 4900, 1);
  expect(few.rows).toBe(1000);
  expect(few.mib).toBeLessThan(whole.mib - 30);
});
