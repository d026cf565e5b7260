import type { StepCoefficients } from '../../services/node/engine/step-time.ts';
import { type FitPoint, leastSquares, meanError } from './least-squares.ts';

/** A row of a table: a figure by the name of its column. */
export type Row = Readonly<Record<string, number>>;

/** What was measured of one model on one device: see `README.md`. Times are those of one layer, in microseconds. */
export interface OperatorTables {
  readonly layers: number;
  readonly dense: readonly Row[];
  readonly sequences: readonly Row[];
  readonly attention: readonly Row[];
}

export type DenseStep = Required<
  Omit<StepCoefficients, 'experts' | 'contextSkew' | 'collectiveBaseMs' | 'collectiveTokenUs'>
>;

export interface Derivation<Result> {
  readonly step: Result;
  /** The mean error of each fit, as a share. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What a step takes without experts and collectives, by least squares over the operators. */
export const derive = (tables: OperatorTables): Derivation<DenseStep> => {
  const { layers } = tables;
  const { small, large } = linearLayers(tables.dense);
  const heads = fitted(tables.sequences, (row) => ({
    terms: [1, row.sequences!],
    value: row.lm_head! + row.sampler!,
  }));
  const { decode, prefill, mixed } = attention(tables.attention);
  const [weightsUs, weightsTokenUs] = small.coefficients as [number, number];
  const [computeUs, tokenUs] = large.coefficients as [number, number];
  const [headUs, sequenceUs] = heads.coefficients as [number, number];
  const [launchUs, decodeUs, contextUs] = decode.coefficients as [number, number, number];
  const [, chunkUs, pairUs] = prefill.coefficients as [number, number, number];
  const [mixedDecodeUs, paddingUs, mixedContextUs] = mixed.coefficients as [number, number, number];
  return {
    step: {
      baseMs: (headUs + layers * launchUs) / 1e3,
      weightsMs: (layers * weightsUs) / 1e3,
      weightsTokenUs: layers * weightsTokenUs,
      computeBaseMs: (layers * computeUs) / 1e3,
      tokenUs: layers * (tokenUs + chunkUs),
      contextTokenUs: layers * contextUs,
      attentionPairNs: layers * pairUs * 1e3,
      sequenceUs: sequenceUs + layers * decodeUs,
      mixedContextTokenUs: layers * mixedContextUs,
      mixedDecodeUs: layers * (mixedDecodeUs - decodeUs),
      mixedPaddingNs: layers * paddingUs * 1e3,
    },
    errors: {
      'linear layers up to one tile': small.error,
      'larger linear layers': large.error,
      'vocabulary and sampling': heads.error,
      'attention of decodes': decode.error,
      'attention of prefills': prefill.error,
      'attention of both': mixed.error,
    },
  };
};

/** Up to this many tokens a linear layer takes about as long as its weights need: one tile of a matrix product. */
const TILE_TOKENS = 128;
/** How often a layer runs an operator, where that is not once. */
const RUNS: Readonly<Record<string, number>> = { layernorm: 2 };

const linearLayers = (dense: readonly Row[]) => {
  const line = (rows: readonly Row[]) =>
    fitted(rows, ({ tokens, ...operators }) => ({
      terms: [1, tokens!],
      value: Object.entries(operators).reduce((sum, [name, timeUs]) => sum + timeUs * (RUNS[name] ?? 1), 0),
    }));
  return {
    small: line(dense.filter(({ tokens }) => tokens! <= TILE_TOKENS)),
    large: line(dense.filter(({ tokens }) => tokens! > TILE_TOKENS)),
  };
};

/** Below this many decodes a kernel does not fill the device, and its time says little about larger batches. */
const FEW_DECODES = 8;

const attention = (rows: readonly Row[]) => {
  const kernels = rows.map((row) => ({
    chunk: row.prefill_chunk!,
    pairs: row.prefill_chunk! * (row.kv_prefill! + row.prefill_chunk! / 2),
    decodes: row.n_decode!,
    context: row.n_decode! * row.kv_decode!,
    value: row.time_us!,
  }));
  const decode = fitted(
    kernels.filter(({ chunk, decodes }) => chunk === 0 && decodes >= FEW_DECODES),
    ({ decodes, context, value }) => ({ terms: [1, decodes, context], value }),
  );
  const prefill = fitted(
    kernels.filter(({ decodes }) => decodes === 0),
    ({ chunk, pairs, value }) => ({ terms: [1, chunk, pairs], value }),
  );
  const [launchUs, chunkUs, pairUs] = prefill.coefficients as [number, number, number];
  const mixed = fitted(
    kernels.filter(({ chunk, decodes }) => chunk > 0 && decodes >= FEW_DECODES),
    ({ chunk, pairs, decodes, context, value }) => ({
      terms: [decodes, decodes * chunk, context],
      value,
      known: launchUs + chunk * chunkUs + pairs * pairUs,
    }),
  );
  return { decode, prefill, mixed };
};

/** A block of experts on one device, for `tokens` of which each uses as many experts as the model has it. */
export const deriveExperts = (layers: number, rows: readonly Row[]) => {
  const { coefficients, error } = fitted(
    // With fewer experts in use the block is limited by arithmetic, which no step of a server is.
    rows.filter(({ activated_experts: experts }) => experts! >= 32),
    (row) => ({ terms: [1, row.activated_experts!, row.tokens!], value: row.time_us! }),
  );
  const [launchUs, expertUs, tokenUs] = coefficients as [number, number, number];
  return { baseMs: (layers * launchUs) / 1e3, readMs: (layers * expertUs) / 1e3, tokenUs: layers * tokenUs, error };
};

/** Time of a collective: so many microseconds, and so many for a byte. */
export const deriveCollective = (rows: readonly Row[]) => {
  const { coefficients, error } = fitted(rows, ({ bytes, time_us: timeUs }) => ({
    terms: [1, bytes!],
    value: timeUs!,
  }));
  const [latencyUs, byteUs] = coefficients as [number, number];
  return { latencyUs, byteUs, error };
};

const fitted = <Item>(items: readonly Item[], observe: (item: Item) => FitPoint) => {
  const points = items.map(observe);
  const coefficients = leastSquares(points);
  return { coefficients, error: meanError(points, coefficients) };
};
