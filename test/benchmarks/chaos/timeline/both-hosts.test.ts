import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { judgedTimeline } from '../../../../benchmarks/chaos/timeline/io/judged-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Kill, hang, blackhole, slow and fast-fail under load: nothing is lost that had not begun, what is hit is left in the time that
 * router/README.md states, and only requests that were hit are tried again, no more often than they may.
 */
test.each(['simulate', 'local'] as const)(
  'every fault of the timeline costs on %s what it may',
  {
    retry: 2, // a machine that others keep busy may be later than it says; what is lost or left too late by a mistake is so each time
  },
  async (host) => {
    const faults = await judgedTimeline(host, {
      file: 'benchmarks/chaos/timeline/chaos.yaml',
      policy: 'round-robin',
      out: join(folder, host),
    });
    expect(faults.map(({ window, broken }) => [window.name, broken])).toEqual([
      ['slow x10: node ashburn', []],
      ['blackhole: path ashburn/fibre', []],
      ['hang: node ashburn', []],
      ['kill: node ashburn', []],
      ['fast-fail: node frankfurt', []],
    ]);
    const costOf = (name: string) => faults.find(({ window }) => window.name.startsWith(name))!.cost;
    // Each fault was felt: without that nothing above says anything.
    for (const name of ['blackhole', 'hang', 'fast-fail']) expect(costOf(name).extraAttempts, name).toBeGreaterThan(0);
    // A node that ends at once hits what it has then: mostly answers that have begun, which are cut.
    expect(costOf('kill').cut + costOf('kill').extraAttempts).toBeGreaterThan(0);
  },
);

test('a small budget is kept to: what it forbids is lost, and no more is tried again', async () => {
  const file = join(folder, 'small-budget.yaml');
  const text = readFileSync('benchmarks/chaos/timeline/chaos.yaml', 'utf8');
  const small = text.replace(/ejection: \{ baseS: 5 \}/, 'ejection: { maxShare: 0 }\n  retry: { budgetTokens: 6 }');
  expect(small).not.toBe(text);
  writeFileSync(file, small);
  const faults = await judgedTimeline('simulate', { file, policy: 'round-robin', out: join(folder, 'small') });
  const { cost, broken } = faults.at(-1)!;
  // Nothing ejects the node that refuses at once: a third of the requests goes there as long as it does.
  expect(broken).toEqual([expect.stringMatching(/^something was sent there after/)]);
  expect(cost.lostUnbegun).toBeGreaterThan(3);
  expect(cost.extraAttempts).toBeGreaterThanOrEqual(2);
  expect(cost.extraAttempts).toBeLessThanOrEqual(cost.budget!.most);
});
