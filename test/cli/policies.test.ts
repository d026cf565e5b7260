import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { policyEssay } from '../../cli/io/policy-essay.ts';
import { policyNames } from '../../router/pick/registry.ts';
import { starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-policies-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('starlane policies', () => {
  test('lists every policy, and says of one its formula, parameters, defaults and source', async () => {
    const { code, out } = await starlane('policies');
    expect(code).toBe(0);
    for (const name of policyNames) expect(out).toMatch(new RegExp(`^${name} `, 'm'));
    const { out: page } = await starlane('policies', 'c3');
    for (const part of ['R - 1/mu + q^3/mu', 'newestShare', '0.9', "NSDI'15"]) expect(page).toContain(part);
    expect(page).not.toContain('/**');
  });

  test('tells a wrong name in one line', async () => {
    const { code, err } = await starlane('policies', 'prequall');
    expect([code, err]).toEqual([2, 'starlane: policy is prequall; did you mean "prequal"?\n']);
  });

  test('prints JSON', async () => {
    const { out } = await starlane('policies', 'ring-hash', '--json');
    expect(JSON.parse(out)).toMatchObject({
      name: 'ring-hash',
      isBound: false,
      parameters: [{ name: 'loadFactor', default: 1.25 }, {}, {}],
    });
  });
});

test.each(policyNames)('the file of %s says what it goes by', (name) => {
  expect(policyEssay(name).length).toBeGreaterThan(40);
});

test('a policy of a file runs in worker threads, under its own name and with its parameters in the results', async () => {
  const args = [
    '--policy',
    'mine,mine-even',
    '--duration',
    '4s',
    '--repeat',
    '2',
    '--workers',
    '2',
    '--json',
    '--out',
    folder,
  ];
  const { code, out } = await starlane('simulate', 'scenarios/my-policy/my-policy.yaml', ...args);
  expect(code).toBe(0);
  const keys = (JSON.parse(out) as { runs: { key: object }[] }).runs.map(({ key }) => key);
  expect(keys).toHaveLength(4);
  expect(keys).toContainEqual(
    expect.objectContaining({
      variant: 'mine-even',
      policy: './my-policy.ts',
      params: { msPerOpenRequest: 60, prefillMsPerToken: 0.1 },
    }),
  );
});
