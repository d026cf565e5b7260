import type { PolicyName } from '../pick/registry.ts';
import type { AttemptSettings } from './attempt-rules.ts';
import { isHedgeOn } from './hedge-schema.ts';

type Settings = Required<Pick<AttemptSettings, 'maxAttempts' | 'hedge' | 'firstTokenTimeout'>>;

/** Where requests of a router may go. */
interface Reach {
  readonly endpoints: readonly { readonly node: string; readonly medium: string }[];
  /** Whether it is forecast when paths change. */
  readonly knowsHandovers: boolean;
  /** The name of the policy, where it predicts no first token; left out where one may. */
  readonly predictsNothing?: PolicyName | undefined;
}

/**
 * What of the settings does nothing, a line each: they contradict each other, or what they ask for is not there. `under` is before the names of
 * keys, such as `router.`.
 */
export const withoutEffect = (settings: Settings, reach: Reach, under = ''): readonly string[] => {
  const { maxAttempts, hedge, firstTokenTimeout } = settings;
  const on = [...(isHedgeOn(hedge) ? ['hedge'] : []), ...(firstTokenTimeout === 'never' ? [] : ['firstTokenTimeout'])];
  if (on.length === 0) return [];
  const lines = (names: readonly string[], because: string): readonly string[] =>
    names.map((name) => `${under}${name} has no effect: ${because}`);
  if (maxAttempts === 1) return lines(on, `${under}maxAttempts is 1, expected at least 2`);
  if (reach.endpoints.length === 1) return lines(on, 'there is no other endpoint');
  const isTimed = typeof firstTokenTimeout === 'object' && 'timesPredicted' in firstTokenTimeout;
  return [
    ...(isTimed && reach.predictsNothing !== undefined
      ? lines(['firstTokenTimeout'], `${reach.predictsNothing} predicts no first token; expected ms, or ephemeris`)
      : []),
    ...(isHedgeOn(hedge) ? lines(...(hedgeWithout(settings, reach, under) ?? NOTHING)) : []),
  ];
};

/** Which part of the hedge has no effect, and why. */
const hedgeWithout = (
  { hedge: { after, boundaryMs, disjoint }, firstTokenTimeout }: Settings,
  { endpoints, knowsHandovers }: Reach,
  under: string,
): readonly [names: readonly string[], because: string] | null => {
  const [{ node, medium }] = endpoints as [Reach['endpoints'][number]];
  if (disjoint === 'medium' && endpoints.every((each) => each.medium === medium)) {
    return [['hedge'], `${under}hedge.disjoint is medium, and all endpoints are over ${medium}; expected node or any`];
  }
  if (disjoint === 'node' && endpoints.every((each) => each.node === node)) {
    return [['hedge'], `${under}hedge.disjoint is node, and all endpoints are of ${node}; expected medium or any`];
  }
  if (boundaryMs > 0 && !knowsHandovers) return [['hedge.boundaryMs'], 'nothing is known of when paths change'];
  const [hedgeMs, timeoutMs] = [after, firstTokenTimeout].map((each) =>
    typeof each === 'object' && 'ms' in each ? each.ms : Number.NaN,
  ) as [number, number];
  return timeoutMs <= hedgeMs
    ? [['hedge.after'], `an attempt is given up after ${timeoutMs} ms, and the second one begins after ${hedgeMs}`]
    : null;
};

const NOTHING: readonly [names: readonly string[], because: string] = [[], ''];
