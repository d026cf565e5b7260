import { describe, expect, test } from 'vitest';
import { summarise } from '../../report/summary.ts';
import { terminalReport } from '../../report/terminal-report.ts';
import { ended, generatorEvent, requestEvents, runEvent, sentAt } from './logged-run.ts';

const routers = { east: { site: 'tokyo', clients: ['osaka', 'seoul'] }, west: { site: 'london', clients: ['paris'] } };

const requests = [
  ...requestEvents(0, 2000, { client: 'osaka', endpoint: 'east/a/fibre', ttftMs: 10 }),
  ...requestEvents(1, 2000, { client: 'seoul', endpoint: 'east/b/laser', ttftMs: 20 }),
  ...requestEvents(2, 2000, { client: 'paris', endpoint: 'west/a/fibre', ttftMs: 90 }),
  sentAt(3, 2000, 'paris'), // never reached its router
];
const summaryOf = (run = runEvent({ routers })) =>
  summarise([run, ...requests, generatorEvent(), ended()], { machine: 'm' });

describe('a run with several routers', () => {
  test('has figures by router: every request counts for the one that its client calls', () => {
    const { by, requests: all } = summaryOf().runs[0]!.figures;
    expect(by.router).toMatchObject({
      east: { requests: 2, share: 0.5, ttftMs: { n: 2, censored: 0, max: 20 } },
      west: { requests: 2, share: 0.5, ttftMs: { n: 2, censored: 1, max: 90 } },
    });
    expect(Object.values(by.router!).reduce((sum, one) => sum + one.requests, 0)).toBe(all);
  });

  test('knows the medium of a path that is named after its router', () => {
    expect(summaryOf().runs[0]!.figures.by.medium).toMatchObject({ fibre: { requests: 2 }, laser: { requests: 1 } });
  });

  test('shows their shares; of many endpoints the largest, and what the others have together', () => {
    expect(terminalReport(summaryOf()).join('\n')).toMatch(/router east +50\.0 %\nrouter west +50\.0 %/);
    const events = Array.from({ length: 40 }, (_, id) =>
      requestEvents(id, 2000, { client: 'osaka', endpoint: `east/n${id < 10 ? 0 : id}/fibre` }),
    ).flat();
    const summary = summarise([runEvent({ routers }), ...events, generatorEvent(), ended()], { machine: 'm' });
    const lines = terminalReport(summary);
    expect(lines.filter((line) => line.startsWith('east/'))).toHaveLength(16);
    expect(lines.join('\n')).toMatch(/east\/n0\/fibre +25\.0 %\n/);
    expect(lines.join('\n')).toMatch(/15 others +37\.5 %\n/);
  });
});

test('a run with one router has no figures by router', () => {
  expect(summaryOf(runEvent()).runs[0]!.figures.by).not.toHaveProperty('router');
});
