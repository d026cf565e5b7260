import { addressText } from './address-in.ts';
import type { StandalonePlan } from './standalone-plan.ts';

/** A key that cannot change while a router runs, and did. */
export interface MovedKey {
  readonly path: readonly string[];
  readonly was: string;
  readonly is: string;
}

/** The first such key of a plan that is to follow the one which runs; null where there is none. */
export const movedKey = (running: StandalonePlan, wanted: StandalonePlan): MovedKey | null => {
  const admin = (plan: StandalonePlan): string => (plan.admin === null ? 'nowhere' : addressText(plan.admin.listen));
  const fixed: readonly (readonly [string, (plan: StandalonePlan) => string])[] = [
    ['listen', ({ listen }) => addressText(listen)],
    ['workers', ({ workers }) => `${workers}`],
    ['sharePort', ({ sharePort }) => sharePort],
    ['dataPath', ({ router }) => router.dataPath],
    ['admin.listen', admin],
    ['tls', ({ tls }) => (tls === null ? 'off' : tls.ca === undefined ? 'on' : 'on, with certificates of clients')],
  ];
  for (const [key, read] of fixed) {
    const [was, is] = [read(running), read(wanted)];
    if (was !== is) return { path: key.split('.'), was, is };
  }
  return null;
};
