import { z } from 'zod';
import { batch } from './batch.ts';
import { chat } from './chat.ts';
import { codingAgent } from './coding-agent.ts';
import { rag } from './rag.ts';
import { traceKind } from './trace-kind.ts';
import type { WorkloadKind } from './workload-kind.ts';

/** Every kind of workload. To add one: a file in this folder, and a line here. */
const KINDS = {
  chat,
  'coding-agent': codingAgent,
  rag,
  batch,
  trace: traceKind,
} as const;

type Kinds = typeof KINDS;

/** A class of the load: the keys of its kind, and those that every class has. */
export const classSchema = z.discriminatedUnion(
  'kind',
  Object.values(KINDS).map(({ schema }) => schema) as unknown as [Kinds[keyof Kinds]['schema']],
);

export type ClassConfig = z.output<typeof classSchema>;

export const kindOf = ({ kind }: ClassConfig): WorkloadKind => KINDS[kind] as WorkloadKind;
