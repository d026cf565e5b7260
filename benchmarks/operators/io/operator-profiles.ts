import { readFileSync } from 'node:fs';
import type { StepCoefficients } from '../../../services/node/engine/step-time.ts';
import { type Derivation, derive, deriveCollective, deriveExperts, type Row } from '../derive.ts';

/** A profile that is derived from operator tables, as it should be in `services/node/engine/profiles/`. */
export interface OperatorProfile extends Derivation<Omit<StepCoefficients, 'contextSkew'>> {
  readonly id: string;
}

/** All of them, computed from `tables/`. */
export const operatorProfiles = (): readonly OperatorProfile[] => [
  denseProfile('rtx4090-llama8b', 32),
  denseProfile('rtxpro6000-llama8b', 32),
  tensorParallelProfile('rtxpro6000x2-qwen3-32b', { layers: 64, hiddenSize: 5120, vocabulary: 151_936 }),
  expertProfile('rtxpro6000-qwen3-30b-a3b-dp2', {
    layers: 48,
    hiddenSize: 2048,
    experts: 128,
    perToken: 8,
    replicas: 2,
  }),
];

const denseProfile = (id: string, layers: number): OperatorProfile => {
  const { step, errors } = derive(tablesOf(id, layers));
  return { id, step: { ...step, experts: null, collectiveBaseMs: 0, collectiveTokenUs: 0 }, errors };
};

/** Two devices: an all-reduce after attention and after the MLP of each layer, and a gather of the halves of the vocabulary. */
const tensorParallelProfile = (
  id: string,
  { layers, hiddenSize, vocabulary }: Readonly<Record<'layers' | 'hiddenSize' | 'vocabulary', number>>,
): OperatorProfile => {
  const { step, errors } = derive(tablesOf(id, layers));
  const [reduce, gather] = [collective('all_reduce'), collective('all_gather')];
  return {
    id,
    step: {
      ...step,
      sequenceUs: step.sequenceUs + gather.byteUs * BYTES * (vocabulary / 2),
      experts: null,
      collectiveBaseMs: (2 * layers * reduce.latencyUs + gather.latencyUs) / 1e3,
      collectiveTokenUs: 2 * layers * reduce.byteUs * BYTES * hiddenSize,
    },
    errors: { ...errors, 'all-reduce': reduce.error, 'all-gather': gather.error },
  };
};

/** Replicas that share the experts out: each layer gathers the tokens of all and scatters their results. */
const expertProfile = (
  id: string,
  model: Readonly<Record<'layers' | 'hiddenSize' | 'experts' | 'perToken' | 'replicas', number>>,
): OperatorProfile => {
  const { layers, hiddenSize, replicas } = model;
  const own = tablesOf(id, layers);
  // One shape of attention, 32 query heads over 4 KV heads: the larger chunks were copied from that table alone.
  const sameShape = csv('rtxpro6000x2-qwen3-32b/attention.csv').filter((row) => row.prefill_chunk! > 1000);
  const { step, errors } = derive({ ...own, attention: [...own.attention, ...sameShape] });
  const experts = deriveExperts(layers, expertRows());
  const [gather, scatter] = [collective('all_gather'), collective('reduce_scatter')];
  return {
    id,
    step: {
      ...step,
      baseMs: step.baseMs + experts.baseMs,
      experts: {
        total: model.experts,
        local: model.experts / replicas,
        perToken: model.perToken,
        readMs: experts.readMs,
        // A device computes the tokens of all replicas, but only with its share of their experts.
        tokenUs: experts.tokenUs / replicas,
      },
      collectiveBaseMs: (layers * (gather.latencyUs + scatter.latencyUs)) / 1e3,
      // What is gathered of a token is its hidden state and the scores of all experts.
      collectiveTokenUs: layers * BYTES * (gather.byteUs * (hiddenSize + model.experts) + scatter.byteUs * hiddenSize),
    },
    errors: { ...errors, experts: experts.error, 'all-gather': gather.error, 'reduce-scatter': scatter.error },
  };
};

/** The block of all experts on one device. */
export const expertRows = (): readonly Row[] => csv('rtxpro6000-qwen3-30b-a3b-dp2/experts.csv');

/** The block of experts on one of two devices, for the tokens of both: rows that no fit has seen. */
export const sharedExperts = (): readonly Row[] => csv('rtxpro6000-qwen3-30b-a3b-dp2/shared-experts.csv');

/** Of a number in BF16. */
const BYTES = 2;

const tablesOf = (id: string, layers: number) => ({
  layers,
  dense: csv(`${id}/dense.csv`),
  sequences: csv(`${id}/sequences.csv`),
  attention: csv(`${id}/attention.csv`),
});

const collective = (name: string) => deriveCollective(csv(`rtxpro6000-collectives/${name}.csv`));

const csv = (path: string): readonly Row[] => {
  const [head, ...lines] = readFileSync(new URL(`../tables/${path}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const names = head!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, index) => [names[index]!, Number(cell)])));
};
