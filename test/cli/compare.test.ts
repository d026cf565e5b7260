import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('compare ends with 0, with 1 beyond a bound, and with 2 and one line for what cannot be compared', async () => {
  const [random, ewma, slow] = ['random', 'ewma', 'slow'].map((name) => join(folder, name)) as [string, string, string];
  const simulated = (policy: string, out: string, ...more: readonly string[]) =>
    starlane('simulate', 'test/scenarios/pair.yaml', '--policy', policy, '--out', out, '--repeat', '2', ...more);
  await Promise.all([
    simulated('random', random),
    simulated('peak-ewma', ewma),
    simulated('random', slow, '--rate', '3'),
  ]);

  const same = await starlane('compare', random, join(random, 'summary.json'), '--fail-above', 'ttft.p99:1%');
  expect([same.code, same.err]).toEqual([0, '']);
  expect(same.out).toMatch(/^random, 2 seeds\n/);

  const worse = await starlane('compare', ewma, random, '--fail-above', 'ttft.p50:1%', '--json');
  expect([worse.code, worse.err]).toEqual([1, '']);
  const { policies, exceeded } = JSON.parse(worse.out);
  expect(policies[0]).toMatchObject({ variant: 'random', against: 'peak-ewma', metrics: { 'ttft.p50': { n: 2 } } });
  expect(exceeded).toEqual(['random: ttft.p50 is worse by more than ttft.p50:1%']);

  const refused = await starlane('compare', random, slow);
  expect([refused.code, refused.out]).toEqual([2, '']);
  expect(refused.err).toMatch(
    /^starlane: [^\n]+ cannot be compared without --anyway: other scenarios or schedules [^\n]+\n$/,
  );
  const asked = await starlane('compare', random, slow, '--anyway');
  expect(asked.out).toMatch(/^note: other scenarios or schedules under seed/);

  const old = join(folder, 'old.json');
  writeFileSync(old, readFileSync(join(random, 'summary.json'), 'utf8').replace(/"schema": \d+/, '"schema": 2'));
  const wrong = await starlane('compare', random, old);
  expect([wrong.code, wrong.err.split('\n').length]).toEqual([2, 2]);
  expect(wrong.err).toContain(`${old}:2:13: schema is 2, `);
  const none = await starlane('compare', random, join(folder, 'none'), '--fail-above', 'ttft.p98:5%');
  expect([none.code, none.err]).toEqual([
    2,
    'starlane: --fail-above has "ttft.p98", which is no metric; did you mean "ttft.p90"?\n',
  ]);
}, 180_000);
