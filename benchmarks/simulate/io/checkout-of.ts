import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The files of another commit. */
export interface Checkout {
  readonly tree: string;
  /** Its short hash. */
  readonly commit: string;
  /** Idempotent. */
  remove(): void;
}

/**
 * Checks out `revision` into a temporary git worktree, with the packages of this checkout. It goes with the process. Throws for a revision
 * that git does not know.
 */
export const checkoutOf = (revision: string): Checkout => {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const commit = git('rev-parse', '--short=12', '--verify', '--end-of-options', `${revision}^{commit}`);
  const folder = mkdtempSync(join(tmpdir(), 'starlane-commit-'));
  const tree = join(folder, commit);
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    git('worktree', 'prune');
  };
  process.on('exit', remove);
  git('worktree', 'add', '--detach', tree, commit);
  symlinkSync(resolve('node_modules'), join(tree, 'node_modules'));
  return { tree, commit, remove };
};
