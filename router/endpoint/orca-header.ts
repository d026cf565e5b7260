import type { LoadReport } from './load-report.ts';
import { loadReportOf } from './orca.ts';
import { loadReportFrom, noOrcaFields, type OrcaFields } from './orca-fields.ts';

/** The header or trailer that carries a load report in one of three forms, and says which. */
export const ORCA_HEADER = 'endpoint-load-metrics';

/**
 * The load report in the value of `endpoint-load-metrics`, or null where it cannot be read:
 *
 *     TEXT cpu_utilization=0.3, rps_fractional=10, named_metrics.num_requests_waiting=4
 *     JSON {"cpu_utilization": 0.3, "named_metrics": {"num_requests_waiting": 4}}
 *     BIN <base64 of the protobuf>
 *
 * In TEXT a colon may stand for the equals sign. As in Envoy, one wrong part makes the whole wrong: a metric twice, an empty name, a value that is
 * no finite number. Metrics that nobody here uses are skipped. Sources: Envoy, source/common/orca/orca_parser.cc; vLLM, orca_metrics.py; the JSON
 * mapping of protobuf, which allows both spellings of a name and numbers as text.
 */
export const loadReportInHeader = (value: string): LoadReport | null => {
  const form = value.slice(0, 5);
  const rest = value.slice(5);
  const fields = form === 'TEXT ' ? fieldsInText(rest) : form === 'JSON ' ? fieldsInJson(rest) : null;
  if (fields !== null) return loadReportFrom(fields);
  return value.startsWith('BIN ') ? loadReportOf(Buffer.from(value.slice(4).trim(), 'base64')) : null;
};

const fieldsInText = (text: string): OrcaFields | null => {
  const fields = noOrcaFields();
  const seen = new Set<string>();
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const at = part.search(/[=:]/);
    const name = part.slice(0, at).trim();
    const value = part.slice(at + 1).trim();
    if (at < 0 || name === '' || value === '' || seen.has(name)) return null;
    seen.add(name);
    if (!write(fields, name, Number(value))) return null;
  }
  return fields;
};

const fieldsInJson = (text: string): OrcaFields | null => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isMap(parsed)) return null;
  const fields = noOrcaFields();
  for (const [name, value] of Object.entries(parsed)) {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (isMap(value)) {
      for (const [key, each] of Object.entries(value))
        if (!write(fields, `${snake}.${key}`, numberIn(each))) return null;
    } else if (value !== null && !write(fields, snake, numberIn(value))) return null;
  }
  return fields;
};

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numberIn = (value: unknown): number => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
};

/** False for a value that is no finite number, or a metric without a name. */
const write = (fields: OrcaFields, name: string, value: number): boolean => {
  if (!Number.isFinite(value)) return false;
  const field = FIELDS[name];
  if (field !== undefined) fields[field] = value;
  if (!name.startsWith(NAMED)) return true;
  if (name.length === NAMED.length) return false;
  fields.namedMetrics[name.slice(NAMED.length)] = value;
  return true;
};

const NAMED = 'named_metrics.';

const FIELDS: Readonly<Record<string, Exclude<keyof OrcaFields, 'namedMetrics'>>> = Object.assign(Object.create(null), {
  cpu_utilization: 'cpuUtilization',
  application_utilization: 'applicationUtilization',
  rps_fractional: 'rpsFractional',
  eps: 'eps',
});
