import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
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

test('Prometheus asks every part of the default topology, and nobody else', () => {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
  const groups: { labels: { role: string }; targets: string[] }[] = parse(
    readFileSync('observe/targets/atlantic.yml', 'utf8'),
  );
  const asked = groups.flatMap(({ targets }) => targets).sort();
  const names = Object.keys(services).filter((name) => name !== 'load');
  const wanted = names.map((name) =>
    name.endsWith('-agent') || name === 'users' ? `${name.replace(/-agent$/, '')}.access:9465` : `${name}.access:9464`,
  );
  expect(asked).toEqual(wanted.sort());
});
