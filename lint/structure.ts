import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { structureFaults } from './structure-faults.ts';

const listed = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.ts', ':!proto/gen'],
  {
    encoding: 'utf8',
  },
);
const files = listed
  .split('\n')
  .filter((file) => file !== '' && existsSync(file)) // one that was removed is listed until that is committed
  .map((file) => [file, readFileSync(file, 'utf8')] as const);

const faults = structureFaults(new Map(files));
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
