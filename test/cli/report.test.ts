import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a run ends with a verdict and the path of its report, and several folders make one report', async () => {
  const [one, two, both] = ['one', 'two', 'both.html'].map((name) => join(folder, name));
  const run = (out: string, policy: string) =>
    starlane('simulate', 'test/scenarios/pair.yaml', '--policy', policy, '--out', out);
  const [first, second] = await Promise.all([run(one!, 'random,round-robin'), run(two!, 'random')]);
  expect([first.code, second.code]).toEqual([0, 0]);
  expect(first.out).toMatch(/^(The fastest policy|No difference is shown)/m);
  expect(first.out).toMatch(/^Report: .*one\/report\.html: open it in a browser/m);
  expect(second.out).toMatch(/^Under random, half of the requests have their first token within/m);
  const page = readFileSync(join(one!, 'report.html'), 'utf8');
  for (const id of ['tail', 'timeline', 'comparison', 'shares', 'map', 'validity', 'about'])
    expect(page.split(`id="${id}"`)).toHaveLength(2);

  const { code, out, err } = await starlane('report', one!, two!, '--out', both!);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/both\.html$/m);
  const joined = readFileSync(both!, 'utf8');
  expect(joined).toContain(`random (${one})`);
  expect(joined).toContain(`random (${two})`);
  expect(statSync(both!).size).toBeLessThan(600_000);
});

test('a folder without results ends in one line and 2, and writes nothing', async () => {
  const out = join(folder, 'none.html');
  const ended = await starlane('report', folder, '--out', out);
  expect(ended).toEqual({
    code: 2,
    out: '',
    err: `starlane: ${folder} has no summary.json, expected the folder of a run\n`,
    progress: [],
  });
  expect(existsSync(out)).toBe(false);
});

test('figures by group and regret are printed for a run, again for its folder, and a wrong grouping is one line', async () => {
  const out = join(folder, 'grouped');
  const ended = await starlane(
    ...['simulate', 'test/scenarios/pair.yaml', '--policy', 'random,oracle', '--by', 'region,slot-phase', '--out', out],
  );
  expect(ended.code).toBe(0);
  expect(ended.out).toMatch(/^region +policy +requests +share /m);
  expect(ended.out).toMatch(/^slot phase +policy /m);
  expect(ended.out).toMatch(/^random +TTFT +oracle +\d/m);
  const again = await starlane('report', out, '--by', 'region');
  expect([again.code, again.err]).toEqual([0, '']);
  const table = (text: string): string => text.slice(text.search(/^region +policy/m)).split('\n\n')[0]!;
  expect(table(again.out)).toBe(table(ended.out));
  expect(await starlane('report', out, '--by', 'regions')).toMatchObject({
    code: 2,
    err: 'starlane: --by has "regions", which is no grouping; did you mean "region"?\n',
  });
});

test('a folder of a sweep and one of find-capacity have pages of their own, and stand alone', async () => {
  const [sweep, capacity] = [join(folder, 'sweep'), join(folder, 'capacity')];
  const pair = ['test/scenarios/pair.yaml', '--policy', 'random', '--repeat', '2', '--workers', '1'];
  await starlane('sweep', ...pair, '--vary', 'load.ratePerS=5,10', '--out', sweep);
  await starlane('find-capacity', ...pair, '--slo', 'ttft.p50:1ms', '--within', '100%', '--out', capacity);
  const [of, kept] = [await starlane('report', sweep), await starlane('report', capacity)];
  expect([of.code, kept.code]).toEqual([0, 0]);
  expect(of.out).toMatch(/^Report: .*sweep\/report\.html$/m);
  expect(kept.out).toMatch(/^No policy keeps ttft\.p50:1ms at any load that was tried\.$/m);
  expect(readFileSync(join(sweep, 'report.html'), 'utf8')).toContain('Over load.ratePerS');
  expect(await starlane('report', sweep, capacity)).toMatchObject({
    code: 2,
    err: `starlane: ${sweep} has a page of its own, expected no other folder beside it\n`,
  });
});
