import { Worker } from 'node:worker_threads';
import { ConfigError } from '../../core/config/config-error.ts';
import type { RouterReload } from '../router-reload.ts';
import type { ReloadAsked, ReloadRead } from './reload-thread.ts';

/**
 * Reads an edited scenario for routers that run, in a thread of its own: a large one takes a tenth of a second, in which no message would pass
 * through a router and no probe would be on time. Rejects as `readReloaded` throws.
 */
export const readReload = async (asked: ReloadAsked): Promise<RouterReload> => {
  const worker = new Worker(new URL('./reload-thread.ts', import.meta.url), { workerData: asked, execArgv: [] });
  const read = await new Promise<ReloadRead>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread that reads the scenario ended without an answer')));
  });
  if (read.kind === 'read') return read.reload;
  throw read.isMistake ? new ConfigError('', read.message) : new Error(read.message);
};
