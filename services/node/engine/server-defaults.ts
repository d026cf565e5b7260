import { z } from 'zod';

/**
 * What vLLM's API server allows a step by default. It depends on the device alone.
 * Source: `EngineArgs.get_batch_defaults` of vLLM 0.19, for the API server.
 */
export const serverDefaultsSchema = z.strictObject({
  maxNumBatchedTokens: z.int().positive().max(1e9).describe('Tokens that one step may compute.'),
  maxNumSeqs: z.int().positive().max(65_536).describe('Sequences that run at the same time.'),
});

export type ServerDefaults = z.output<typeof serverDefaultsSchema>;

/** Devices with at least 70 GiB that are no A100: H100, H200, B200, MI300X, RTX PRO 6000. */
export const largeDevice: ServerDefaults = { maxNumBatchedTokens: 8192, maxNumSeqs: 1024 };
/** Every other device, and A100 of any size. Also devices whose platform does not tell vLLM its memory. */
export const otherDevice: ServerDefaults = { maxNumBatchedTokens: 2048, maxNumSeqs: 256 };
/** TPU v6e. */
export const tpuV6e: ServerDefaults = { maxNumBatchedTokens: 1024, maxNumSeqs: 256 };

/** The defaults of a device of which only the memory is known, in 10^9 bytes. */
export const serverDefaultsOf = (memoryGB: number): ServerDefaults =>
  memoryGB * 1e9 >= LARGE_BYTES ? largeDevice : otherDevice;

const LARGE_BYTES = 70 * 2 ** 30;
