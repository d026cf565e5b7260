import { describe, expect, test } from 'vitest';
import type { ReportedFolder } from '../../../report/html/contender.ts';
import { reportPage as madePage } from '../../../report/html/report-page.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import { linkEvent } from '../logged-run.ts';
import { reported } from './reported.ts';

/** With plain spaces between numbers and units. */
const reportPage = (folders: readonly ReportedFolder[]): string => madePage(folders).replaceAll('\u00a0', ' ');

const EVIL = '</script><img src=x onerror=alert(1)>"\'';
const scenario = readScenario('test/scenarios/pair.yaml');

const folder = (over: Partial<ReportedFolder> = {}): ReportedFolder => ({
  ...reported([
    { policy: 'a', ttftMs: (request) => 100 + request / 10 },
    { policy: 'b', ttftMs: (request) => 200 + request / 10 },
  ]),
  scenario,
  ...over,
});

describe('the page', () => {
  test('says of runs that are missing that the others must not be used, although each of those is whole', () => {
    const { summary, ...rest } = folder();
    const missing = ['3 of 5 runs were not simulated'];
    const page = reportPage([{ ...rest, summary: { ...summary, valid: false, invalidBecause: missing } }]);
    expect(page).toContain('<li>3 of 5 runs were not simulated</li>');
    expect(page).toContain('✗ not valid');
    expect(reportPage([folder()])).toContain('✓ valid');
  });

  test('asks nothing of a network', () => {
    const page = reportPage([folder()]);
    expect(page.match(/\s(?:src|href|action|data)=(?!"#)|url\((?!#)|@import/g) ?? []).toEqual([]);
    expect(page).toContain("default-src 'none'");
  });

  test('cannot be broken by a name: of a policy, an endpoint, a path, a fault, a scenario, a site or a folder', () => {
    const { sites, clients, nodes, paths } = scenario;
    const renamed = {
      ...scenario,
      name: EVIL,
      sites: { ...sites, [EVIL]: sites.lagos! },
      clients: { ...clients, [EVIL]: { ...clients.lagos!, site: EVIL } },
      nodes,
      paths,
    };
    const page = reportPage([
      {
        ...reported([
          {
            policy: EVIL,
            ttftMs: () => 100,
            request: { endpoint: `${EVIL}/laser` },
            run: {
              scenario: EVIL,
              constellation: EVIL,
              shaper: EVIL,
              commit: EVIL,
              remarks: [EVIL],
              profiles: { [EVIL]: EVIL },
            },
            events: [
              linkEvent(`${EVIL}/laser/forward`, { up: false }),
              linkEvent(`${EVIL}/laser/back`),
              { kind: 'injected', atMs: 2000, node: EVIL, fault: 'crash', state: 'began' },
              { kind: 'fault', atMs: 1, part: EVIL, reason: EVIL },
            ],
          },
        ]),
        name: EVIL,
        scenario: renamed,
      },
    ]);
    expect(page.split('onerror=alert(1)').length).toBeGreaterThan(10);
    expect(page).not.toContain('<img');
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    expect(page).not.toMatch(/="[^"<]*<\/script/);
  });

  test('says which curves are missing and why, and has the table all the same', () => {
    const page = reportPage([folder({ charts: null })]);
    expect(page).toContain('neither charts.json nor events.jsonl is there');
    expect(page).not.toContain('id="tail"');
    expect(page).toContain('id="comparison"');
  });

  test('marks when routers went on with another configuration, and what of it changed', () => {
    const page = reportPage([
      reported([
        {
          policy: 'a',
          ttftMs: () => 50,
          events: [
            { kind: 'reloaded', atMs: 6000, changes: [{ key: 'router.ejection.consecutive', from: 5, to: 2 }] },
            { kind: 'reloaded', atMs: 3000, changes: [{ key: 'router.subset', from: 'all', to: 1 }] },
          ],
        },
      ]),
    ]);
    const first = 'the router went on with router.subset all -&gt; 1';
    expect(page).toContain(`Configuration: at 3 s ${first} and at 6 s the router went on with`);
    expect([...page.matchAll(/<path class="reload"[^>]*><title>([^<]*)/g)].map(([, title]) => title)).toEqual([
      first,
      'the router went on with router.ejection.consecutive 5 -&gt; 2',
    ]);
    expect(page).toContain('its figures are of all these configurations together');
  });

  test('marks faults and planned outages of the run', () => {
    const page = reportPage([
      reported([
        {
          policy: 'a',
          ttftMs: () => 50,
          events: [
            { kind: 'injected', atMs: 3000, node: 'a', fault: 'crash', state: 'began' },
            { kind: 'injected', atMs: 4000, node: 'a', fault: 'crash', state: 'ended' },
            { kind: 'injected', atMs: 6000, node: 'a', fault: 'drain', state: 'began' },
            linkEvent('a/fibre/forward', { atMs: 5000, up: false }),
            linkEvent('a/fibre/forward', { atMs: 7000 }),
          ],
        },
      ]),
    ]);
    expect(page).toContain('Faults: crash of node a from 3 s to 4 s and drain of node a from 6 s on.');
    // One that lasts to the end of the run is drawn to there.
    expect(page).toMatch(/<rect class="fault"[^>]* width="[\d.]+"[^>]*><title>drain of node a/);
    expect(page).not.toMatch(/"[^"<>]*NaN[^"<>]*"/);
    expect(page).toContain('Paths were planned to be down for 2 s in all: a/fibre.');
    expect(page).toMatch(/<rect class="fault"[^>]*><title>crash of node a/);
    expect(page).toMatch(/<rect class="outage"[^>]*><title>a\/fibre is down/);
  });

  test('of a live run shows realised minus planned by path; a simulation has no such errors', () => {
    expect(reportPage([folder()])).not.toContain('id="link-errors"');
    const probes = Array.from({ length: 100 }, (_, index) => ({
      kind: 'probe' as const,
      atMs: 1500 + index * 90,
      path: 'a/fibre',
      rttMs: 20 + index / 100,
    }));
    const live = reported([{ policy: 'a', ttftMs: () => 50, run: { host: 'local' }, events: probes }]);
    expect(reportPage([live])).toContain('The largest p99 is +0.98 ms: a/fibre under a.');
  });
});
