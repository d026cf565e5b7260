import { blockCases } from './block-cases.ts';
import type { ClientCase } from './client-bench.ts';
import { framingCases } from './framing-cases.ts';
import { messageCases } from './message-cases.ts';
import { streamCases } from './stream-cases.ts';

/** What clients do, by section. */
export const clientCases: readonly ClientCase[] = [...framingCases, ...streamCases, ...messageCases, ...blockCases];
