import { describe, expect, test } from 'vitest';
import { capacityPage, capacityVerdict } from '../../../report/html/capacity-page.ts';
import { sweepPage, sweepVerdict } from '../../../report/html/sweep-page.ts';
import { capacityStudy, sweepOf, sweepRow } from '../study/studies.ts';

const EVIL = '</script><img src=x onerror=alert(1)>"\'';

const rate = (ratePerS: string, policy: string, p99: number) =>
  sweepRow({ 'load.ratePerS': ratePerS }, policy, { 'ttft.p99': p99, answered: 1, stalls: 0 });

describe('the page of a sweep', () => {
  test('says which policy is fastest in the tail at how many points, and where another is; bounds cannot win', () => {
    const rows = [
      ...[rate('5', 'a', 100), rate('5', 'b', 200), rate('5', 'oracle', 50)],
      ...[rate('10', 'a', 150), rate('10', 'b', 250), rate('10', 'oracle', 60)],
      ...[rate('20', 'a', 900), rate('20', 'b', 300), rate('20', 'oracle', 70)],
    ];
    const { headline, sentences, isValid } = sweepVerdict(sweepOf(rows));
    expect([headline, isValid]).toEqual(['a has the lowest p99 TTFT at 2 of 3 points', true]);
    expect(sentences).toContain('b has it at load.ratePerS 20.');
  });

  test('draws a line a policy with its band for each metric that is known, and leaves out what is the same everywhere', () => {
    const page = sweepPage(
      's',
      sweepOf([rate('5', 'a', 100), rate('10', 'a', 150), rate('5', 'b', 1), rate('10', 'b', 2)]),
    );
    expect(page.match(/class="panel"/g)).toHaveLength(1);
    expect(page.match(/<path class="band" d="M/g)).toHaveLength(2);
    expect(page).toContain(
      'aria-label="p99 TTFT over load.ratePerS: a 100 at 5, 150 at 10 ms; b 1.00 at 5, 2.00 at 10 ms"',
    );
  });

  test('has a chart for each key of several, at values of the others', () => {
    const rows = ['5', '10'].flatMap((ratePerS) =>
      ['none', 'slots'].map((kind) =>
        sweepRow({ 'load.ratePerS': ratePerS, 'router.knowledge.kind': kind }, 'a', { 'ttft.p99': 9 }),
      ),
    );
    const page = sweepPage('s', sweepOf(rows));
    expect(page).toContain('Over load.ratePerS');
    expect(page).toContain('p99 TTFT at load.ratePerS 10');
    expect(page).toContain('p99 TTFT at router.knowledge.kind none');
  });

  test('tells what is not valid or missing, and cannot be broken by a name', () => {
    const rows = [sweepRow({ [EVIL]: EVIL }, EVIL, { 'ttft.p99': 9 }, { valid: false })];
    const page = sweepPage(EVIL, sweepOf(rows, { partial: true, points: 4 }));
    expect(page).not.toContain('<img');
    expect(page).toMatch(/Not valid at 1 of 1 rows/);
    expect(page).toMatch(/Partial: 1 of 4 points/);
  });
});

describe('the page of a capacity', () => {
  test('ranks policies by the load that they keep, and says whether their ranges meet', () => {
    expect(capacityVerdict(capacityStudy()).headline).toBe(
      'quick keeps ttft.p99:800ms and attained:80% up to 40 requests/s',
    );
    expect(capacityVerdict(capacityStudy()).sentences[0]).toMatch(/slow follows with 20 .* The order is sure/);
    const [slow, quick] = capacityStudy().capacities;
    const close = capacityStudy({ capacities: [slow!, { ...quick!, sureFromPerS: 24 }] });
    expect(capacityVerdict(close).sentences[0]).toMatch(/may be chance/);
  });

  test('draws what is sure and what is not, and each objective as a line', () => {
    const page = capacityPage('c', capacityStudy());
    expect(page.match(/<rect class="fill"/g)).toHaveLength(4); // two policies, at two widths
    expect(page.match(/<rect class="band"/g)).toHaveLength(4);
    expect(page.match(/class="objective"/g)).toHaveLength(2);
    expect(page).toContain('<td>censored</td>');
  });

  test('of a search that was stopped early is partial, and without any rate that was kept says so', () => {
    const none = capacityStudy({ partial: true, capacities: [] });
    expect(capacityPage('c', none)).toMatch(/partial.*No policy keeps/s);
  });
});
