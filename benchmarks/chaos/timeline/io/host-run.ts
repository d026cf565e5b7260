import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../../../core/event/event.ts';
import { readEvents } from '../../../../core/event/io/event-reader.ts';
import type { RunResult, Summary } from '../../../../report/summary-schema.ts';

export type TimelineHost = 'simulate' | 'local';

/** Runs a scenario on a host by the command line, and resolves to its log and its result. `onStart` gets the pid of the command. */
export const hostRun = async (
  host: TimelineHost,
  options: {
    readonly file: string;
    readonly policy: string;
    readonly out: string;
    readonly onStart?: (pid: number) => Promise<void>;
  },
): Promise<{ readonly events: readonly Event[]; readonly result: RunResult }> => {
  const { file, policy, out, onStart } = options;
  const command = host === 'simulate' ? ['simulate', file, '--events'] : ['run', file];
  const args = ['cli/main.ts', ...command, '--policy', policy, '--out', out, '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  await Promise.all([ended, onStart?.(child.pid!)]);
  let summary: Summary;
  try {
    summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
  } catch {
    throw new Error(`no result of ${file} on ${host}: ${said.trim().split('\n').at(-1)}`);
  }
  return { events: [...readEvents(join(out, 'events.jsonl'))], result: summary.runs[0]! };
};
