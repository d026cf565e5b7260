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

/** One router in London, or as many as there are keys, each of which reaches the first of so many nodes; users call the nearest. */
const routersText = (reaches: readonly number[], nodes: number): string => {
  if (reaches.length === 0) return 'router: { site: london }';
  const entries = reaches.map((count, index) => {
    const known = Array.from({ length: Math.min(count, nodes) }, (_, node) => `n${node}`);
    return `r${index}: { site: london, reaches: [${known.join(', ')}] }`;
  });
  const some = `  r: { site: london${reaches.length > 1 ? ', serves: [c0]' : ''} }`;
  return `router: {}\nrouters:\n  ${entries.join('\n  ')}\n${some}`;
};

const scenarioText = (nodes: readonly GeneratedNode[], clients: number, reaches: readonly number[]): string => {
  const nodeLines = nodes.map(
    ({ media, count }, index) =>
      `  n${index}: { site: ashburn, media: [${media.join(', ')}], count: ${count}, profile: h100-llama8b }`,
  );
  const clientLines = Array.from(
    { length: clients },
    (_, index) => `  c${index}: { site: london, access: { kind: fibre } }`,
  );
  return PAIR.replace('router: { site: london }', routersText(reaches, nodes.length))
    .replace(/clients:\n(?: {2}.*\n)+/, `clients:\n${clientLines.join('\n')}\n`)
    .replace(/nodes:\n(?: {2}.*\n)+/, `nodes:\n${nodeLines.join('\n')}\n`);
};

const reaches = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 });

/** Scenarios with one to four kinds of nodes over any media, one to four groups of users, and one to three routers. */
export const generatedScenario: fc.Arbitrary<Scenario> = fc
  .tuple(fc.array(node, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 4 }), reaches)
  .map(([nodes, clients, known]) => parseScenario(scenarioText(nodes, clients, known), 'generated.yaml'));
