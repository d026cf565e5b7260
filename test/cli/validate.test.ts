import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-validate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pair = (change: (text: string) => string): string => {
  const path = join(folder, `${Math.random()}.yaml`);
  writeFileSync(path, change(readFileSync('test/scenarios/pair.yaml', 'utf8')));
  return path;
};

describe('starlane validate', () => {
  test('says when paths are up, how busy nodes will be and what is assumed, in lines that fit a screen', async () => {
    const { code, out, err } = await starlane('validate', 'test/scenarios/pair.yaml');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/pair is valid: 4 sites, 2 clients, 2 nodes, 3 endpoints/);
    expect(out).toMatch(/^ashburn\/laser +9[789]\.\d+ % .* slot boundaries$/m);
    expect(out).toMatch(/^frankfurt +\d+\.\d\/s .* 0\.\d\d +0\.\d\d$/m);
    expect(out).toMatch(/^Assumed:$/m);
    expect(out).not.toContain('warning:');
  });

  test('warns without failing, and fails with --strict', async () => {
    const dark = pair((text) => text.replace('latDeg: 51.5074', 'latDeg: 64'));
    const [plain, strict] = await Promise.all([starlane('validate', dark), starlane('validate', dark, '--strict')]);
    expect([plain!.code, strict!.code]).toEqual([0, 1]);
    for (const { out } of [plain!, strict!]) {
      expect(out).toMatch(/^warning: path ashburn\/laser is never up in this run: site london at 64 degrees north/m);
    }
    expect((await starlane('validate', 'test/scenarios/pair.yaml', '--strict')).code).toBe(0);
  });

  test('looks at the scenario with the values that are set, as a run with them does', async () => {
    const { code, out } = await starlane('validate', 'test/scenarios/pair.yaml', '--set', 'load.ratePerS=900');
    expect(code).toBe(0);
    expect(out).toContain('900');
    const wrong = await starlane('validate', 'test/scenarios/pair.yaml', '--set', 'load.ratePers=9');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toBe(
      'starlane: --set load.ratePers=9: load.ratePers is not a known key; did you mean "ratePerS"?\n',
    );
  });

  test('prints one JSON object with the same', async () => {
    const { code, out } = await starlane(
      'validate',
      pair((text) => text.replace('ratePerS: 8', 'ratePerS: 900')),
      '--json',
    );
    const said = JSON.parse(out);
    expect(code).toBe(0);
    expect(said).toMatchObject({ scenario: 'pair', spanS: 7, constellation: 'starlink-s1, physical' });
    expect(said.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(said.paths.map(({ path }: { path: string }) => path)).toEqual([
      'ashburn/fibre',
      'ashburn/laser',
      'frankfurt/fibre',
      'london/access',
      'lagos/access',
    ]);
    expect(said.load.bestLoad).toBeGreaterThan(1);
    expect(said.warnings.join()).toMatch(/900 requests a second are offered/);
  });

  test('of a whole day is sampled, and says so', async () => {
    const day = pair((text) => text.replace('durationS: 3', 'durationS: 86000').replace('ratePerS: 8', 'ratePerS: 1'));
    const { code, out } = await starlane('validate', day);
    expect(code).toBe(0);
    expect(out).toMatch(/^ashburn\/laser +~9[789]\.\d+ %/m);
    expect(out).toMatch(/^ashburn\/fibre +100 %/m);
  });
});
