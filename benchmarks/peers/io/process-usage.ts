import { readdirSync, readFileSync } from 'node:fs';

/** Processor time that processes used since their start, and the time that they could have run and did not, because others did. */
export interface CpuTime {
  readonly ranMs: number;
  readonly waitedMs: number;
}

/** Of all threads of those processes. A thread that has ended counts no more. Source: Linux, Documentation/scheduler/sched-stats. */
export const cpuTimeOf = (pids: readonly number[]): CpuTime => {
  let [ranNs, waitedNs] = [0, 0];
  for (const pid of pids) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const text = readIfThere(`/proc/${pid}/task/${thread}/schedstat`);
      if (text === null) continue;
      const [ran, waited] = text.split(' ');
      ranNs += Number(ran);
      waitedNs += Number(waited);
    }
  }
  return { ranMs: ranNs / 1e6, waitedMs: waitedNs / 1e6 };
};

/** A process and all that it started. */
export const familyOf = (pid: number): readonly number[] => {
  const family = [pid];
  for (const parent of family) {
    for (const thread of readdirSync(`/proc/${parent}/task`)) {
      const children = readIfThere(`/proc/${parent}/task/${thread}/children`) ?? '';
      family.push(...children.split(' ').filter(Boolean).map(Number));
    }
  }
  return family;
};

/** Resident memory of a process, in MiB; 0 for one that is gone. */
export const residentMib = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readIfThere(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) / 1024;

const readIfThere = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // the thread or process has ended
  }
};
