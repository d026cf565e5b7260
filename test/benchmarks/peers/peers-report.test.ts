import { describe, expect, it } from 'vitest';
import { PEER_CASES, type PeerCase } from '../../../benchmarks/peers/case.ts';
import { peersReport } from '../../../benchmarks/peers/peers-report.ts';
import type { PeersResult, ProxyResult, RoundFigures } from '../../../benchmarks/peers/peers-result.ts';
import { verdictsOf } from '../../../benchmarks/peers/verdicts.ts';

const COMPARED = { proxy: 'mine', reference: 'theirs' };

/** Ten rounds in which a request costs `us`, give or take a hundredth, and p99 is as said. */
const measured = (proxy: string, us: number, p99Ms: number, change: Partial<RoundFigures> = {}): ProxyResult => ({
  proxy,
  faults: 0,
  firstFault: null,
  held: null,
  latency: { count: 10_000, p50Ms: 1, p99Ms, p999Ms: 2 * p99Ms },
  rounds: Array.from({ length: 10 }, (_, round) => ({
    round,
    count: 1000,
    seconds: 2,
    cpuMs: us * (1 + 0.01 * Math.sin(round * proxy.charCodeAt(0))),
    waitedMs: us,
    p50Ms: 1,
    p99Ms: p99Ms + 0.01 * round,
    maxMs: 3 * p99Ms,
    pauses: null,
    residentMib: 50,
    ...change,
  })),
});

const caseNamed = (wanted: string): PeerCase => PEER_CASES.find(({ name }) => name === wanted)!;

const resultOf = (cases: readonly (readonly [string, readonly ProxyResult[]])[]): PeersResult => ({
  schema: 1,
  command: 'npm run bench:peers',
  began: '2026-01-02T03:04:05.000Z',
  minutes: 7,
  machine: '2 x a processor',
  commit: 'abc',
  versions: { theirs: 'theirs 1.0' },
  load: { first: 0.5, last: 2, highest: 3 },
  pairs: 10,
  seconds: 2,
  emptyNodeMib: 40,
  skipped: [],
  isInterrupted: false,
  cases: cases.map(([name, results]) => ({ peerCase: caseNamed(name), results })),
});

const verdictOn = (text: string, result: PeersResult): string | undefined =>
  verdictsOf(result, COMPARED).find(({ target }) => target.includes(text))?.verdict;

describe('a target of processor time', () => {
  const costing = (us: number) => resultOf([['saturation', [measured('mine', us, 5), measured('theirs', 20, 5)]]]);

  it.each([
    ['met', 15],
    ['missed', 25],
    ['not shown', 20],
  ])('is %s where a request costs %d us and those of the other cost 20', (verdict, us) => {
    expect(verdictOn('a request at most', costing(us))).toBe(verdict);
  });

  it('is not measured without its case, or without the other proxy', () => {
    expect(verdictOn('a message', costing(15))).toBe('not measured');
    const alone = resultOf([['saturation', [measured('mine', 15, 5)]]]);
    expect(verdictOn('a request at most', alone)).toBe('not measured');
  });
});

it('the p99 at a fixed rate is compared round by round', () => {
  const result = (p99Ms: number) => resultOf([['open', [measured('mine', 9, p99Ms), measured('theirs', 9, 5)]]]);
  expect(verdictOn('added p99', result(4))).toBe('met');
  expect(verdictOn('added p99', result(6))).toBe('missed');
});

it('a scavenge counts in whichever case it was', () => {
  const pauses = { count: 1, maxMs: 9, maxScavengeMs: 2.5 };
  const result = resultOf([
    ['open', [measured('mine', 9, 5)]],
    ['tls', [measured('mine', 9, 5, { pauses })]],
  ]);
  expect(verdictOn('scavenge', result)).toBe('missed');
  expect(peersReport(result, COMPARED)).toContain('the longest 2.5 ms, in tls');
});

it('a wrong answer, or one after a second, is a stall of large bodies', () => {
  const mine = measured('mine', 9, 5);
  expect(verdictOn('4 KiB', resultOf([['body-4k', [mine]]]))).toBe('met');
  expect(verdictOn('4 KiB', resultOf([['body-4k', [{ ...mine, faults: 1 }]]]))).toBe('missed');
  expect(verdictOn('4 KiB', resultOf([['body-4k', [measured('mine', 9, 5, { maxMs: 1200 })]]]))).toBe('missed');
});

it('memory counts above an empty Node', () => {
  const idle = (heldMib: number) =>
    resultOf([
      ['idle', [{ ...measured('mine', 9, 5), rounds: [], held: { beforeMib: 60, heldMib, allMib: heldMib } }]],
    ]);
  expect(verdictOn('MiB', idle(99))).toBe('met');
  expect(verdictOn('MiB', idle(101))).toBe('missed');
});

describe('the page', () => {
  const page = peersReport(
    resultOf([['saturation', [measured('direct', 0, 4), measured('theirs', 20, 5), measured('mine', 10, 7)]]]),
    COMPARED,
  );

  it('has the ratios first, with their interval', () => {
    expect(page).toMatch(/each way \| 0\.50 \(0\.\d+ to 0\.\d+\) \|/);
    expect(page.indexOf('## Processor time')).toBeLessThan(page.indexOf('## Targets'));
  });

  it('has what each proxy cost, and what it added to the load alone', () => {
    const [, us, perS, , waited, , , , , addedP99] = page
      .split('\n')
      .find((line) => line.startsWith('| mine | '))!
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    expect({ us, perS, waited, addedP99 }).toEqual({ us: '10.0', perS: '500', waited: '50 %', addedP99: '3.00' });
  });

  it('tells of wrong answers and of what was left out', () => {
    const broken = { ...measured('mine', 9, 5), faults: 3, firstFault: 'grpc-status is 13, expected 0' };
    const result = { ...resultOf([['open', [broken]]]), skipped: ['haproxy was not measured: it is not there'] };
    const text = peersReport(result, COMPARED);
    expect(text).toContain('- **mine: 3 wrong**, the first: grpc-status is 13, expected 0');
    expect(text).toContain('- haproxy was not measured: it is not there');
  });

  it('warns of a machine on which the proxies waited for the core, and only of that', () => {
    const quiet = resultOf([['open', [measured('mine', 100, 5, { waitedMs: 10 })]]]);
    expect(peersReport(quiet, COMPARED)).not.toContain('crowded');
    const crowded = resultOf([['open', [measured('mine', 100, 5, { cpuMs: 10, waitedMs: 30 })]]]);
    expect(peersReport(crowded, COMPARED)).toContain('in 75 % of the time');
  });
});
