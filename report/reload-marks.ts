import type { Event, RouterChange } from '../core/event/event.ts';
import { routerChangesText } from '../core/event/router-change-text.ts';
import type { Ms } from '../core/time/clock.ts';

type Reloaded = Extract<Event, { kind: 'reloaded' }>;

/** That a router went on with another configuration: which, when, and what changed. */
export interface Reload {
  readonly atMs: Ms;
  /** Null where the scenario has one router. */
  readonly router: string | null;
  readonly changes: RouterChange[];
}

/** In the order of time. */
export const reloadsOf = (reloaded: readonly Reloaded[]): Reload[] =>
  reloaded
    .map(({ atMs, router = null, changes }) => ({ atMs, router, changes: [...changes] }))
    .sort((a, b) => a.atMs - b.atMs || (a.router ?? '').localeCompare(b.router ?? ''));

/** `the router went on with router.subset all -> 1` */
export const reloadText = ({ router, changes }: Pick<Reload, 'router' | 'changes'>): string =>
  `${router === null ? 'the router' : `router ${router}`} went on with ${routerChangesText(changes)}`;

/** What to know of a run whose routers loaded their configuration again, a line each. */
export const reloadMarks = (reloads: readonly Reload[]): string[] => [
  ...reloads.map((reload) => `at ${(Math.max(0, reload.atMs) / 1000).toFixed(2)} s ${reloadText(reload)}`),
  ...(reloads.length === 0 ? [] : ['its figures are of all these configurations together']),
];

/** What of them makes a run another one than its scenario says, to compare: what each router was told, in its order, whatever the instants. */
export const reloadKey = (reloads: readonly Pick<Reload, 'router' | 'changes'>[]): string =>
  JSON.stringify(
    reloads
      .toSorted((a, b) => (a.router ?? '').localeCompare(b.router ?? ''))
      .map(({ router, changes }) => [router, changes]),
  );
