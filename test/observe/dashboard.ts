import { readFileSync } from 'node:fs';
import { z } from 'zod';

const datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.string() });
const gridPos = z.strictObject({
  h: z.int().min(1),
  w: z.int().min(1).max(24),
  x: z.int().min(0).max(23),
  y: z.int().min(0),
});
const row = z.strictObject({
  id: z.int(),
  type: z.literal('row'),
  title: z.string(),
  collapsed: z.literal(false),
  gridPos,
  panels: z.array(z.never()),
});
const timeseries = z.strictObject({
  id: z.int(),
  type: z.literal('timeseries'),
  title: z.string(),
  datasource,
  gridPos,
  fieldConfig: z.strictObject({ defaults: z.strictObject({ unit: z.string() }), overrides: z.array(z.never()) }),
  targets: z
    .array(z.strictObject({ refId: z.string(), datasource, expr: z.string(), legendFormat: z.string() }))
    .min(1),
});

/** The part of Grafana's model that our dashboard uses. Source: Grafana's "Dashboard JSON model". */
const model = z.looseObject({
  uid: z.string().min(1).max(40),
  title: z.string(),
  schemaVersion: z.int().min(36),
  panels: z.array(z.discriminatedUnion('type', [row, timeseries])),
});

export const dashboard = model.parse(JSON.parse(readFileSync('observe/grafana/dashboards/starlane.json', 'utf8')));

/** What its panels ask Prometheus, with Grafana's own variable given a value. */
export const expressions = dashboard.panels.flatMap((panel) =>
  panel.type === 'row' ? [] : panel.targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '10s')),
);
