import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { composeFile } from '../../scenario/deployment/compose-file.ts';
import { scrapeTargets } from '../../scenario/deployment/scrape-targets.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { dashboard } from './dashboard.ts';

const { panels } = dashboard;

test('the dashboard has a row for tails, one for paths and one for nodes, and no panel twice', () => {
  const rows = panels.filter(({ type }) => type === 'row').map(({ title }) => title);
  expect(rows).toEqual(['Tails and shares by endpoint', 'Paths and slots', 'Nodes and power']);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});

test('no panel of the dashboard lies over another or beyond the grid', () => {
  const taken = new Set<string>();
  for (const {
    gridPos: { x, y, w, h },
    title,
  } of panels) {
    expect(x + w).toBeLessThanOrEqual(24);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        const cell = `${column},${line}`;
        expect(taken.has(cell), `${title} at ${cell}`).toBe(false);
        taken.add(cell);
      }
    }
  }
});

test('every panel asks the datasource that is provisioned', () => {
  const { datasources } = parse(readFileSync('observe/grafana/provisioning/datasources/prometheus.yml', 'utf8'));
  const [{ uid, url }] = datasources;
  expect(url).toBe('http://prometheus:9090');
  for (const panel of panels) if (panel.type === 'timeseries') expect(panel.datasource.uid).toBe(uid);
});

test.each(['scenarios/atlantic.yaml', 'test/scenarios/pair.yaml'])(
  'Prometheus asks every part of %s, and nobody else',
  (file) => {
    const scenario = readScenario(file);
    const paths = { scenario: file, root: '.', results: 'results', resultsShown: 'results' };
    const { services } = parse(composeFile(scenario, paths), { merge: true });
    const asked = scrapeTargets(scenario).flatMap(({ targets }) => targets);
    const names = Object.keys(services).filter((name) => name !== 'load');
    const wanted = names.map((name) =>
      name.endsWith('-agent') || name === 'users'
        ? `${name.replace(/-agent$/, '')}.access:9465`
        : `${name}.access:9464`,
    );
    expect(asked.toSorted()).toEqual(wanted.sort());
  },
);
