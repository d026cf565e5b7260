import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LinkRow } from '../../report/links/link-table.ts';
import { starlane } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-links-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = ['ashburn/fibre', 'ashburn/laser', 'frankfurt/fibre', 'london/access', 'lagos/access'];

describe('starlane links', () => {
  test('prints a row for each direction of each link', async () => {
    const { code, out, err } = await starlane('links', PAIR, '--duration', '2m');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [title, , head, , ...rows] = out.trimEnd().split('\n');
    expect(title).toBe('pair: 5 links, one way, over 120 s from 2026-01-01T00:00:10Z; starlink-s1, physical');
    expect(head).toMatch(
      /^link +direction +min ms +p50 +p95 +p99 +loss % +burst +down % +slot jump ms +rate +forecast ms$/,
    );
    const shown = rows.map((row) => row.split(/ +/));
    expect(shown.map(([link, direction]) => `${link} ${direction}`)).toEqual(
      NAMES.flatMap((name) => [`${name} forward`, `${name} back`]),
    );
    expect(shown[0]!.join(' ')).toMatch(
      /^ashburn\/fibre forward (40\.\d\d) \1 \1 \1 0\.001 - 0\.00 - 10000 Mbit\/s \1$/,
    );
    // A user's dish may be given any of several satellites.
    expect(shown[8]!.join(' ')).toMatch(/ 17 Mbit\/s \d+\.\d\d \(\d+\.\d\d to \d+\.\d\d\)$/);
    expect(shown[9]!.join(' ')).toMatch(/ 178 Mbit\/s \d+\.\d\d \(\d+\.\d\d to \d+\.\d\d\)$/);
  });

  test('prints the same as JSON, exports every change and when packets can leave', async () => {
    const { code, out } = await starlane('links', PAIR, '--duration', '2m', '--json', '--export', folder);
    expect(code).toBe(0);
    const { scenario, durationS, links } = JSON.parse(out) as {
      scenario: string;
      durationS: number;
      links: readonly LinkRow[];
    };
    expect({ scenario, durationS }).toEqual({ scenario: 'pair', durationS: 120 });
    expect(readdirSync(folder)).toHaveLength(20);
    const laser = links.find(({ link, direction }) => link === 'ashburn/laser' && direction === 'back')!;
    // An interruption of about 150 ms every 15 s.
    expect(laser.downShare).toBeGreaterThan(0.006);
    expect(laser.downShare).toBeLessThan(0.014);
    expect(laser.minMs).toBeGreaterThan(19.7); // 5,900 km of light
    expect(laser.slotJumpMs).toBeGreaterThan(0);
    const access = links.find(({ link, direction }) => link === 'lagos/access' && direction === 'forward')!;
    expect(access.forecast.p5Ms).toBeLessThan(access.forecast.p50Ms - 5);
    expect(access.forecast.p95Ms).toBeGreaterThan(access.forecast.p50Ms + 5);
    expect(Math.abs(access.forecast.p50Ms / access.p50Ms - 1)).toBeLessThan(0.2);

    const changes = readFileSync(join(folder, 'ashburn.laser.back.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { atMs: number; up: boolean; delayUs: number });
    expect(Object.keys(changes[0]!)).toEqual(['atMs', 'up', 'delayUs', 'jitterUs', 'lossRate', 'rateKbps']);
    const downMs = changes.reduce(
      (sum, { atMs, up }, index) => (up ? sum : sum + (changes[index + 1]?.atMs ?? 120_000) - atMs),
      0,
    );
    expect(downMs / 120_000).toBeCloseTo(laser.downShare, 9);

    const packets = readFileSync(join(folder, 'ashburn.laser.back.mahimahi'), 'utf8').trimEnd().split('\n').map(Number);
    const outage = changes.findIndex(({ up }) => !up);
    const [fromMs, toMs] = [changes[outage]!.atMs, changes[outage + 1]!.atMs];
    expect(packets.filter((at) => at > Math.ceil(fromMs) && at < Math.floor(toMs))).toEqual([]);
    expect(packets.at(-1)).toBeLessThanOrEqual(60_000);
    const perMs = laser.mostKbps / 12_000;
    expect(packets.length / (60_000 * perMs * (1 - laser.downShare))).toBeCloseTo(1, 2);
  });

  test.each([
    ['a missing file', ['none.yaml'], /none\.yaml does not exist, expected a scenario$/],
    ['no file', [], /missing required argument 'file'/],
    ['a duration that is none', [PAIR, '--duration', 'soon'], /Expected a time such as 90, 90s, 10m or 2h/],
  ])('answers %s in one line, with exit code 2', async (_, args, message) => {
    const { code, out, err } = await starlane('links', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trimEnd()).toMatch(message);
    expect(err).toMatch(/^starlane: .*\n$/);
  });
});
