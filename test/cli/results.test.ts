import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Summary } from '../../report/summary-schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A simulation that may write no file longer than `blocks` of 1024 bytes: to it, the disk is full there. */
const simulateOnFullDisk = (out: string, blocks: number): Promise<{ readonly code: number; readonly out: string }> => {
  const command = `ulimit -f ${blocks}; exec "${process.execPath}" cli/main.ts simulate test/scenarios/pair.yaml --policy random --duration 30s --out "${out}"`;
  return new Promise((resolve) =>
    execFile('bash', ['-c', command], (error, stdout) => resolve({ code: Number(error?.code ?? 0), out: stdout })),
  );
};

test('a result whose log is incomplete because of a full disk is not valid, and says so in every output', async () => {
  const out = join(folder, 'full');
  const ended = await simulateOnFullDisk(out, 40);
  expect(statSync(join(out, 'events.jsonl')).size).toBe(40 * 1024);
  const { valid, runs } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
  expect([valid, runs[0]!.valid, ended.code]).toEqual([false, false, 1]);
  const reasons = runs[0]!.invalidBecause.join('\n');
  expect(reasons).toMatch(/^the disk did not take up to \d+ events of the log$/m);
  expect(reasons).toMatch(/^the log has \d+ of the 240 requests of the schedule$/m);
  expect(ended.out).toMatch(/^INVALID random: the disk did not take/m);
});
