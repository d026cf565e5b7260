import type { Ms } from '../../../core/time/clock.ts';
import { type Fault, faultProblem } from './fault.ts';

/** What people may order of a node by name, in a timeline and on a command line. */
export const nodeFaultKinds = [
  'fail',
  'slow',
  'hang',
  'blackhole',
  'goaway',
  'reset',
  'crash',
  'power-cap',
  'drain',
] as const;

export type NodeFaultKind = (typeof nodeFaultKinds)[number];

/** A fault in the words of people, with what they left out; `durationMs` is 0 where they gave none. */
export interface FaultOrder {
  readonly kind: NodeFaultKind;
  readonly durationMs: Ms;
  readonly share?: number | undefined;
  readonly code?: number | undefined;
  readonly factor?: number | undefined;
  readonly watts?: number | undefined;
}

/** What a node has to do. A drain is no fault that ends, so it stands apart. */
export type NodeFault = Fault | { readonly kind: 'drain' };

export type OrderProblem = { readonly key: 'duration' | (typeof PARAMETERS)[number]; readonly message: string };

/** The fault that is ordered, with defaults; or what is wrong with the order, and with which part of it. */
export const faultOfOrder = (order: FaultOrder): NodeFault | OrderProblem => {
  const { kind, durationMs } = order;
  for (const key of PARAMETERS) {
    if (order[key] === undefined || TAKES[kind] === key || (kind === 'fail' && key === 'code')) continue;
    return { key, message: `is given, but a ${kind} has none` };
  }
  if (isInstant(kind)) {
    if (durationMs !== 0) return { key: 'duration', message: `is ${durationMs / 1000} s, but a ${kind} takes none` };
  } else if (durationMs === 0) {
    return { key: 'duration', message: `is missing, expected how long the ${kind} lasts` };
  }
  if (kind === 'drain') return { kind };
  if (kind === 'power-cap' && order.watts === undefined) {
    return { key: 'watts', message: 'is missing, expected what the devices may draw' };
  }
  const fault = faultOfKind(kind, order);
  const problem = faultProblem(fault, durationMs);
  return problem === null ? fault : { key: TAKES[kind] ?? 'duration', message: problem };
};

/** Whether it is over at once, or never. */
const isInstant = (kind: NodeFaultKind): boolean => kind === 'goaway' || kind === 'crash' || kind === 'drain';

const PARAMETERS = ['share', 'code', 'factor', 'watts'] as const;

const TAKES: Partial<Record<NodeFaultKind, (typeof PARAMETERS)[number]>> = {
  fail: 'share',
  slow: 'factor',
  'power-cap': 'watts',
};

const faultOfKind = (kind: Exclude<NodeFaultKind, 'drain'>, order: FaultOrder): Fault => {
  const { share = 1, code = UNAVAILABLE, factor = DEFAULT_FACTOR, watts = 0 } = order;
  switch (kind) {
    case 'fail':
      return { kind, code, share };
    case 'slow':
      return { kind, factor };
    case 'reset':
      return { kind: 'rst', errorCode: INTERNAL_ERROR };
    case 'crash':
      return { kind, delayMs: 0 };
    case 'power-cap':
      return { kind, watts };
    default:
      return { kind };
  }
};

const UNAVAILABLE = 14;
const DEFAULT_FACTOR = 5;

/** HTTP/2 error code. Source: RFC 9113, section 7. */
const INTERNAL_ERROR = 2;
