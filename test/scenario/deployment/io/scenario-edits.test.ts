import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scenarioEdits } from '../../../../scenario/deployment/io/scenario-edits.ts';
import { readScenario } from '../../../../scenario/io/scenario-file.ts';

const text = readFileSync('test/scenarios/pair.yaml', 'utf8');
let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  file = join(folder, 'pair.yaml');
  writeFileSync(file, text);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an edit of a scenario is noticed, and so is that it was taken back', () => {
  const read = readScenario(file);
  const note = scenarioEdits(file, { generated: read.hash, read, everyMs: 0 });
  expect(note()).toBeNull();
  writeFileSync(file, text.replace('warmUpS: 0.5', 'warmUpS: 0.6'));
  expect(note()).toMatch(/^the scenario was edited since: .* docker compose up -d$/);
  writeFileSync(file, `not even a scenario`);
  expect(note()).toMatch(/^the scenario was edited since: /);
  writeFileSync(file, text);
  expect(note()).toBeNull();
});

test('a part that read another scenario than the compose file was generated from says so at once', () => {
  const read = readScenario(file);
  expect(scenarioEdits(file, { generated: 'of before', read })()).toMatch(/^the scenario was edited since: /);
});

test('what only routers read, and may be told while they run, is no edit for other parts', () => {
  const read = readScenario(file);
  const note = scenarioEdits(file, { generated: read.hash, read, everyMs: 0 });
  writeFileSync(file, text.replace('{ site: london }', '{ site: london, ejection: { consecutive: 2 } }'));
  expect(note()).toBeNull();
  writeFileSync(file, text.replace('{ site: london }', '{ site: london, dataPath: node-http2 }'));
  expect(note()).toMatch(/^the scenario was edited since: /);
});
