import { z } from 'zod';
import type { ModelShape } from './model-shape.ts';

/** The interconnect between the devices of a tensor-parallel group. */
export const interconnectSchema = z.strictObject({
  busGBs: z.number().positive().describe('Bus bandwidth of a large all-reduce, as nccl-tests counts it, in GB/s.'),
  latencyUs: z.number().nonnegative().describe('Time of a small all-reduce, in microseconds.'),
  source: z.string().min(1).describe('Where the figures come from.'),
});

export type Interconnect = z.output<typeof interconnectSchema>;

export interface Collectives {
  readonly collectiveBaseMs: number;
  readonly collectiveTokenUs: number;
}

/**
 * What tensor parallelism over `devices` adds to a step: two all-reduces a layer. Each one sends the hidden state of every
 * token, with 2 bytes a number. A ring sends 2 (n - 1) / n of it over each link.
 * Source: Megatron-LM (Shoeybi et al., 2019), nccl-tests.
 */
export const collectivesOf = (model: ModelShape, devices: number, { busGBs, latencyUs }: Interconnect): Collectives => {
  if (devices === 1) return { collectiveBaseMs: 0, collectiveTokenUs: 0 };
  const allReduces = 2 * model.layers;
  const tokenBytes = 2 * model.hiddenSize;
  const sharePerLink = (2 * (devices - 1)) / devices;
  return {
    collectiveBaseMs: (allReduces * latencyUs) / 1e3,
    collectiveTokenUs: (allReduces * tokenBytes * sharePerLink) / busGBs / 1e3,
  };
};

const rule = (rate: string): string => `assumed: ${rate}; small all-reduces as in public nccl-tests logs`;

/** A100. */
export const nvlink3: Interconnect = { busGBs: 240, latencyUs: 10, source: rule('0.8 of 300 GB/s each way') };
/** H100 and H200. */
export const nvlink4: Interconnect = { busGBs: 360, latencyUs: 10, source: rule('0.8 of 450 GB/s each way') };
/** B200. */
export const nvlink5: Interconnect = { busGBs: 720, latencyUs: 10, source: rule('0.8 of 900 GB/s each way') };
/** Peers over PCIe 4.0 x16 with 32 GB/s each way. */
export const pcie4: Interconnect = { busGBs: 20, latencyUs: 15, source: rule('0.6 of 32 GB/s each way') };
/** Peers over PCIe 5.0 x16 with 64 GB/s each way. */
export const pcie5: Interconnect = { busGBs: 40, latencyUs: 15, source: rule('0.6 of 64 GB/s each way') };
/** PCIe 4.0 x16 through the memory of the host, for devices that cannot access their peers directly, such as the RTX 4090. */
export const pcie4Host: Interconnect = { busGBs: 10, latencyUs: 20, source: rule('0.3 of 32 GB/s each way') };
/** Two RTX PRO 6000 over PCIe 5.0 x16. */
export const rtxPro6000Pair: Interconnect = {
  busGBs: 36,
  latencyUs: 13,
  source: 'measured all-reduces of NCCL between two of them, LLMServingSim (MIT)',
};
/** MI300X: seven links to seven peers, so that fewer devices have fewer. */
export const infinityFabric: Interconnect = {
  busGBs: 358,
  latencyUs: 15,
  source: rule('0.8 of 448 GB/s each way, which eight devices have'),
};
