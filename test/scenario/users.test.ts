import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { resolvedScenario } from '../../scenario/resolved-scenario.ts';
import { parseScenario } from '../../scenario/scenario.ts';

const pair = readFileSync('test/scenarios/pair.yaml', 'utf8');
const withLoad = (load: string): string => pair.replace(/^load: .*$/m, `load: { ${load} }`);

describe('a load with users or classes', () => {
  test('users have no rate that the command line could change', () => {
    const text = withLoad('users: 5');
    expect(parseScenario(text, 'x.yaml').load.users).toBe(5);
    expect(() => parseScenario(text, 'x.yaml', { ratePerS: 9 })).toThrow(
      'users who wait for answers have no rate, but 9 a second is asked for; expected --set load.users=N',
    );
    expect(() => parseScenario(text, 'x.yaml', { set: ['load.ratePerS=9'] })).toThrow(
      '--set load.ratePerS=9: load.ratePerS has no meaning: 5 users wait for answers, whatever the rate; expected --set load.users=N',
    );
    expect(parseScenario(text, 'x.yaml', { set: ['load.users=7'] }).load.users).toBe(7);
    expect(parseScenario(pair, 'x.yaml', { set: ['load.users=7'] }).load.users).toBe(7);
  });

  test('users take no times from a trace', () => {
    const text = withLoad('users: 5, trace: { file: azure-llm-2023-conversation, timeScale: 2 }');
    expect(() => parseScenario(text, 'x.yaml')).toThrow(
      'load.trace.timeScale is 2, expected none: 5 users wait for answers, and take no times from the trace',
    );
  });

  test.each([
    'users: 5, classes: { talk: { kind: chat } }',
    'ratePerS: 5, turns: after-answers, classes: { talk: { kind: chat, thinkS: { mean: 3, cv: 1 } }, code: { kind: coding-agent } }',
    'ratePerS: 5, classes: { docs: { kind: rag, model: m, priority: -1, slo: { ttftMs: 9 } }, night: { kind: batch }, rest: { kind: trace } }',
  ])('with %s reads back as the same from its resolved file', (load) => {
    const scenario = parseScenario(withLoad(load), 'x.yaml');
    const { yaml, hash } = resolvedScenario(scenario);
    expect(resolvedScenario(parseScenario(yaml, 'resolved.yaml')).hash).toBe(hash);
  });
});

describe('the models of a scenario', () => {
  const served = pair.replaceAll('profile: h100-llama8b', 'profile: h100-llama8b, models: [llama, coder]');
  const classes = (model: string) =>
    `load: { ratePerS: 5, classes: { code: { kind: coding-agent, model: ${model} } } }`;

  test('are served by some node', () => {
    const all = served.replace('profile: b200-llama8b', 'profile: b200-llama8b, models: [llama]');
    expect(parseScenario(all.replace(/^load: .*$/m, classes('coder')), 'x.yaml').nodes.ashburn!.models).toEqual([
      'llama',
      'coder',
    ]);
    expect(() => parseScenario(all.replace(/^load: .*$/m, classes('codr')), 'x.yaml')).toThrow(
      'load.classes.code.model is "codr", which no node serves; did you mean "coder"?',
    );
  });

  test('a node that lists none serves any', () => {
    expect(() => parseScenario(served.replace(/^load: .*$/m, classes('codr')), 'x.yaml')).not.toThrow();
  });
});
