import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { studiedFolder } from '../../../report/io/studied-folder.ts';
import { capacityStudy, sweepOf, sweepRow } from '../study/studies.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

test('a folder of a sweep and one of find-capacity are told from one of runs', () => {
  expect(studiedFolder(folder)).toBeNull();
  const capacity = capacityStudy();
  write('capacity.json', JSON.stringify(capacity));
  expect(studiedFolder(folder)).toEqual({ name: folder, kind: 'capacity', capacity });
  const sweep = sweepOf([sweepRow({ 'load.ratePerS': '5' }, 'a', { 'ttft.p99': 9 })]);
  write('sweep.json', JSON.stringify({ ...sweep, more: 'keys of a later version' }));
  expect(studiedFolder(folder)).toEqual({ name: folder, kind: 'sweep', sweep });
});

test('a file that was cut off is one line that names it', () => {
  write('sweep.json', JSON.stringify(sweepOf([sweepRow({ a: '1' }, 'p', {})])).slice(0, 200));
  expect(() => studiedFolder(folder)).toThrow(/sweep\.json/);
  write('sweep.json', JSON.stringify({ schema: 1, partial: false, points: 1, done: 0, rows: [] }));
  expect(() => studiedFolder(folder)).toThrow(/rows/);
});
