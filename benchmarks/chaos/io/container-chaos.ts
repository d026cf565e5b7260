import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEvents } from '../../../core/event/io/event-reader.ts';
import type { RecordingMark } from '../../../core/process/io/run-folder.ts';
import { containerName } from '../../../hosts/compose/container-name.ts';
import { beginContainerFault } from '../../../hosts/compose/io/container-faults.ts';
import { docker } from '../../../hosts/compose/io/docker.ts';
import type { Summary } from '../../../report/summary-schema.ts';
import { AT_S, type ContainerCase, chaosRow, FOR_S } from '../case.ts';
import { chaosOutcome } from '../chaos-outcome.ts';

/** Brings the scenario at `file` up in containers, sends one load for each case, and calls `onRow` with what it cost. */
export const containerChaos = async (
  file: string,
  options: {
    readonly policy: string;
    readonly cases: readonly ContainerCase[];
    readonly onCase: (name: string, index: number) => void;
    readonly onRow: (row: string) => void;
  },
): Promise<void> => {
  const { policy, cases, onCase, onRow } = options;
  const project = `starlane-chaos-${process.pid}`;
  try {
    await starlane('up', file, '--name', project, '--port', '0', '--policy', policy);
    for (const [index, one] of cases.entries()) {
      onCase(one.name, index);
      onRow(await rowOf(project, one));
    }
  } finally {
    await starlane('down', project);
  }
};

const rowOf = async (project: string, one: ContainerCase): Promise<string> => {
  const { service, kind, hit, awayS = FOR_S } = one;
  const before = await recordingOf(project);
  const load = starlane('load', '--name', project, '--duration', String(LOAD_S), '--json');
  load.catch(() => {}); // it is waited for below
  let recording = before;
  while (recording === null || recording.id === before?.id) {
    await Promise.race([sleep(100), load.then(() => Promise.reject(new Error('the load ended before it began')))]);
    recording = await recordingOf(project);
  }
  const { fromUnixMs } = recording;
  await sleep(fromUnixMs + AT_S * 1000 - Date.now());
  const { atUnixMs, takeBack } = await beginContainerFault({ project, service }, kind);
  const fromMs = atUnixMs - fromUnixMs;
  if (Number.isFinite(awayS)) {
    await sleep(Math.max(0, fromUnixMs + fromMs + awayS * 1000 - Date.now()));
    await takeBack();
  }
  const untilMs = Number.isFinite(awayS) ? Date.now() - fromUnixMs : Number.POSITIVE_INFINITY;
  const { runs } = JSON.parse(await load) as Summary;
  if (!Number.isFinite(awayS)) await takeBack();
  await starlane('load', '--name', project, '--only-wait');
  const folder = join('results', project);
  const id = readdirSync(folder)
    .filter((name) => name.startsWith('run-'))
    .toSorted()
    .at(-1)!;
  const outcome = chaosOutcome(readEvents(join(folder, id, 'events.jsonl')), { fromMs, untilMs, hit });
  return chaosRow(one, outcome, runs[0]!, causesOf(service));
};

/** Parts that a fault does not hit may be named, too: one that waits for another falls silent. */
const causesOf = (service: string): readonly RegExp[] => [
  new RegExp(`^${service} (?!stood|fell)`),
  new RegExp(`^${service}-agent: .*(left|back)`),
  new RegExp(`${service}`),
  /./,
];

const recordingOf = async (project: string): Promise<RecordingMark | null> =>
  JSON.parse(
    await docker(['exec', containerName(project, 'users'), 'cat', '/run/starlane/recording.json']).catch(() => 'null'),
  ) as RecordingMark | null;

/** Runs a command to its end, and resolves to what it printed. A load whose result is not valid ends with 1. */
const starlane = (...args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['cli/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || out.startsWith('{')) resolve(out);
      else reject(new Error(err.trim().split('\n').at(-1) ?? `exit code ${code}`));
    });
  });

const LOAD_S = 14;
