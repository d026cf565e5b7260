import { execFileSync } from 'node:child_process';

/**
 * The commit of this checkout, with a + where files differ from it, or that an image was built from; null where nobody knows. `written` are
 * files, from the top of the checkout, that results are written to: they may differ.
 */
export const commitOf = (written: readonly string[] = []): string | null => {
  const { STARLANE_COMMIT: built } = process.env;
  if (built !== undefined && built !== '') return built;
  // Without locks: `status` would write the index anew, and leave its lock when the command is killed then.
  const git = (...args: string[]): string =>
    execFileSync('git', ['--no-optional-locks', ...args], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const others = written.map((file) => `:(top,exclude)${file}`);
    const isClean = git('status', '--porcelain', '--untracked-files=no', '--', ':(top)', ...others) === '';
    return git('rev-parse', '--short=12', 'HEAD') + (isClean ? '' : '+');
  } catch {
    return null;
  }
};
