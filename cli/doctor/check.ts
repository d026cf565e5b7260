/** Where a run can take place: in virtual time, in processes on this machine, or in containers. */
export type Host = 'simulate' | 'local' | 'compose';

/** `fail`: a host that needs this cannot run. `warning`: it runs, but its results are less reliable. */
type Status = 'ok' | 'warning' | 'fail';

/** One finding of the doctor. */
export interface Check {
  readonly name: string;
  readonly status: Status;
  /** What was found, in one line. */
  readonly found: string;
  /** What it means for a run. */
  readonly means: string;
  /** A command or a sentence; null when nothing needs to be fixed. */
  readonly fix: string | null;
}

/** A check without its name. */
export type Verdict = Omit<Check, 'name'>;

interface Trouble {
  readonly found: string;
  readonly means: string;
  readonly fix: string;
}

export const ok = (found: string, means: string): Verdict => ({ status: 'ok', found, means, fix: null });
export const warning = (trouble: Trouble): Verdict => ({ status: 'warning', ...trouble });
export const fail = (trouble: Trouble): Verdict => ({ status: 'fail', ...trouble });
