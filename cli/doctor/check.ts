/** What can carry a run: virtual time, processes on this machine, or containers. */
export type Host = 'simulate' | 'local' | 'compose';

/** `fail`: a host that needs this cannot run. `warning`: it runs, and its results are worth less. */
type Status = 'ok' | 'warning' | 'fail';

/** One line of the doctor's findings. */
export interface Check {
  readonly name: string;
  readonly status: Status;
  /** What was seen, in one line. */
  readonly found: string;
  /** What that means for a run. */
  readonly means: string;
  /** One command or sentence; null where there is nothing to fix. */
  readonly fix: string | null;
}

/** A check before it has a name. */
export type Verdict = Omit<Check, 'name'>;

interface Trouble {
  readonly found: string;
  readonly means: string;
  readonly fix: string;
}

export const ok = (found: string, means: string): Verdict => ({ status: 'ok', found, means, fix: null });
export const warning = (trouble: Trouble): Verdict => ({ status: 'warning', ...trouble });
export const fail = (trouble: Trouble): Verdict => ({ status: 'fail', ...trouble });
