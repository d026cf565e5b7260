import { spawnSync } from 'node:child_process';

/** The first line that a command says of its version; null where it is not on the PATH. */
export const commandVersion = (command: string, args: readonly string[]): string | null => {
  const { error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 });
  return error === undefined ? (`${stdout}${stderr}`.trim().split('\n')[0] ?? '') : null;
};
