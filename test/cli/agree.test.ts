import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Agreement } from '../../hosts/agreement/agreement.ts';
import { StarlaneProcess, starlane } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const agreementsIn = (out: string): { readonly partial: boolean; readonly agreements: readonly Agreement[] } =>
  JSON.parse(readFileSync(join(out, 'agreement.json'), 'utf8'));

const CODES = { within: 0, outside: 1, 'not-known': 4 } as const;

test('a scenario runs on both hosts, and the exit code is that of the verdict', { timeout: 180_000 }, async () => {
  const out = join(folder, 'agree');
  const { code, out: printed } = await starlane('agree', PAIR, '--out', out);
  const { partial, agreements } = agreementsIn(out);
  expect([partial, agreements.length]).toEqual([false, 1]);
  const { verdict, hosts, policy, requests, pairs } = agreements[0]!;
  expect([hosts, policy]).toEqual([['simulate', 'local'], 'round-robin']);
  expect(requests[0]).toBe(requests[1]);
  expect(pairs.same + pairs.elsewhere + pairs.unanswered).toBe(requests[0]);
  expect(code).toBe(CODES[verdict]);
  expect(printed).toContain('round-robin: local against simulate');
  // The folder of each host is that of a run.
  const again = await starlane('compare', join(out, 'simulate'), join(out, 'local'), '--anyway');
  expect(again.code).toBe(0);
});

test('a run that Ctrl-C stops is partial, and has no verdict', { timeout: 180_000 }, async () => {
  const out = join(folder, 'stopped');
  const command = new StarlaneProcess('agree', PAIR, '--duration', '40s', '--out', out);
  await command.sent(20);
  command.interrupt();
  const { code, err } = await command.ended;
  expect([code, err]).toEqual([130, '']);
  const { partial, agreements } = agreementsIn(out);
  expect([partial, agreements[0]!.verdict]).toEqual([true, 'not-known']);
  expect(agreements[0]!.notKnownBecause[0]).toMatch(/^local: interrupted after/);
  expect(command.processes()).toEqual([]);
});

test.each(['local', 'local,local', 'simulate,cloud'])('--hosts %s is refused', async (hosts) => {
  const { code, err } = await starlane('agree', PAIR, '--hosts', hosts, '--out', join(folder, 'refused'));
  expect(code).toBe(2);
  expect(err).toContain('Expected two of simulate, local, compose.');
});
