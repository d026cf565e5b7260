import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PeersResult } from '../../../benchmarks/peers/peers-result.ts';

const isThere = (command: string): boolean => spawnSync(command, ['--version']).error === undefined;
const canRun = process.platform === 'linux' && availableParallelism() > 1 && isThere('taskset');
const missing = ['nghttpx', 'h2load'].filter((command) => !isThere(command));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-peers-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it with its temporary files in `folder`; `onSaid` hears what it says of its progress so far. */
const run = async (args: readonly string[], onSaid: (said: string, pid: number) => void = () => {}) => {
  const child = spawn(process.execPath, ['benchmarks/peers/main.ts', ...args], {
    env: { ...process.env, TMPDIR: folder },
  });
  let [page, said] = ['', ''];
  child.stdout.on('data', (text) => {
    page += text;
  });
  child.stderr.on('data', (text) => {
    said += text;
    onSaid(said, child.pid!);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, page, said };
};

/** Processes that were started with their temporary files in `folder`. */
const left = (): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${folder}`);
    } catch {
      return false; // it has ended
    }
  });

describe.skipIf(!canRun)(`bench:peers${canRun ? '' : ' (skipped: needs Linux, two cores and taskset)'}`, () => {
  it('measures Starlane and the load without it, checks the answers, and leaves nothing behind', async () => {
    const args = ['--cases', 'open', '--proxies', 'starlane', '--pairs', '1', '--seconds', '0.5', '--json'];
    const { code, page, said } = await run(args);
    expect(code, said).toBe(0);
    const { cases } = JSON.parse(page) as PeersResult;
    const [direct, starlane] = cases[0]!.results;
    for (const one of [direct!, starlane!]) {
      expect(one).toMatchObject({ faults: 0, firstFault: null });
      expect(one.rounds[0]!.count).toBeGreaterThan(0);
    }
    expect(starlane!.rounds[0]!.cpuMs).toBeGreaterThan(0);
    expect(starlane!.rounds[0]!.pauses).not.toBeNull();
    expect({ files: readdirSync(folder), processes: left() }).toEqual({ files: [], processes: [] });
  });

  it('ends at Ctrl-C with code 130, and leaves nothing behind', async () => {
    let isTold = false;
    const { code, page } = await run(['--cases', 'streaming', '--proxies', 'starlane'], (said, pid) => {
      if (isTold || !said.includes('warms up')) return;
      isTold = true;
      process.kill(pid, 'SIGINT');
    });
    expect(code).toBe(130);
    expect(page).toContain('**Interrupted before its end.**');
    expect({ files: readdirSync(folder), processes: left() }).toEqual({ files: [], processes: [] });
  });

  it('refuses a case that it does not know', async () => {
    const { code, said } = await run(['--cases', 'saturated']);
    expect(code).toBe(2);
    expect(said).toContain('"saturated" is no case. Expected some of saturation, open');
  });

  const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(' and ')} not on the PATH)`;
  it.skipIf(missing.length > 0)(`compares with nghttpx under h2load${why}`, async () => {
    const args = ['--cases', 'saturation', '--proxies', 'nghttpx,starlane', '--pairs', '1', '--seconds', '0.5'];
    const { code, page, said } = await run(args);
    expect(code, said).toBe(0);
    expect(page).toMatch(/^\| 128 in flight, 107 B each way \| [\d.]+ \|$/m);
    expect(page).toMatch(/^\| nghttpx \| [\d.]+ \| \d+ \|/m);
  });
});
