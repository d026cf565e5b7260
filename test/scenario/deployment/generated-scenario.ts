import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseScenario, type Scenario } from '../../../scenario/scenario.ts';

const PAIR = readFileSync('test/scenarios/pair.yaml', 'utf8');

interface GeneratedNode {
  readonly media: readonly ('fibre' | 'laser')[];
  readonly count: number;
}

const node: fc.Arbitrary<GeneratedNode> = fc.record({
  media: fc.constantFrom(
    ['fibre'] as const,
    ['laser'] as const,
    ['fibre', 'laser'] as const,
    ['laser', 'fibre'] as const,
  ),
  count: fc.integer({ min: 1, max: 3 }),
});

const scenarioText = (nodes: readonly GeneratedNode[], clients: number): string => {
  const nodeLines = nodes.map(
    ({ media, count }, index) =>
      `  n${index}: { site: ashburn, media: [${media.join(', ')}], count: ${count}, profile: h100-llama8b }`,
  );
  const clientLines = Array.from(
    { length: clients },
    (_, index) => `  c${index}: { site: london, access: { kind: fibre } }`,
  );
  return PAIR.replace(/clients:\n(?: {2}.*\n)+/, `clients:\n${clientLines.join('\n')}\n`).replace(
    /nodes:\n(?: {2}.*\n)+/,
    `nodes:\n${nodeLines.join('\n')}\n`,
  );
};

/** Scenarios with one to four kinds of nodes over any media, and one to four groups of users. */
export const generatedScenario: fc.Arbitrary<Scenario> = fc
  .tuple(fc.array(node, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 4 }))
  .map(([nodes, clients]) => parseScenario(scenarioText(nodes, clients), 'generated.yaml'));
