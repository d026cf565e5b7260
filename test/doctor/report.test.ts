import { expect, test } from 'vitest';
import { diagnose } from '../../cli/doctor/diagnose.ts';
import { doctorReport } from '../../cli/doctor/report.ts';
import { known, well } from './facts.ts';

const hurt = {
  ...well,
  processor: known({ cores: 2, load: 1.9 }),
  docker: known({ kind: 'silent' as const, reason: 'no answer within 2 s' }),
};

test('failures come first, then warnings, each with its meaning and its fix, and the last line is the verdict', () => {
  const lines = doctorReport(diagnose(hurt, { host: 'compose', shaper: 'auto' }));
  expect(lines[0]).toBe('fail     docker     Docker engine does not answer (no answer within 2 s)');
  expect(lines[1]!.trim()).toMatch(/^no containers can be started/);
  expect(lines[2]!.trim()).toMatch(/^fix: /);
  expect(lines[3]).toBe('warning  processor  2 cores, load 1.9');
  expect(lines.at(-1)).toBe('compose: cannot run: Docker engine does not answer (no answer within 2 s)');
});

test('what the host does without stands apart, in one line each, and does not hinder it', () => {
  const lines = doctorReport(diagnose(hurt, { host: 'local', shaper: 'auto' }));
  const apart = lines.indexOf('Not needed by local:');
  expect(lines.findIndex((line) => line.includes('Docker engine'))).toBeGreaterThan(apart);
  expect(lines.slice(apart).some((line) => line.includes('fix:'))).toBe(false);
  expect(lines.at(-1)).toBe('local: can run, with 1 warning');
  expect(doctorReport(diagnose(well, { host: 'local', shaper: 'auto' })).at(-1)).toBe('local: can run');
});
