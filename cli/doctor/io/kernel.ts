import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { netemSupport } from '../../../netem/shaping/tc/io/netem-support.ts';
import type { KernelFacts } from '../facts.ts';
import { kernelNetem } from '../kernel-netem.ts';

const CAP_NET_ADMIN = 12n; // capabilities(7)

/** Whether CAP_NET_ADMIN is in effect for this process. */
export const hasNetAdmin = (): boolean => {
  if (process.platform !== 'linux') return false;
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (effective === undefined) throw new Error('/proc/self/status has no CapEff');
  return ((BigInt(`0x${effective}`) >> CAP_NET_ADMIN) & 1n) === 1n;
};

/**
 * netem is tried in a temporary network namespace, so that nothing on this machine is changed. Without root, the namespace
 * is made through a user namespace, if the system allows it.
 */
export const kernelFacts = async (): Promise<KernelFacts> => {
  const modules = `/lib/modules/${release()}`;
  const traces = {
    loaded: textOf('/proc/modules'),
    builtIn: textOf(`${modules}/modules.builtin`),
    loadable: textOf(`${modules}/modules.dep`),
    config: textOf('/proc/config.gz', (bytes) => gunzipSync(bytes)),
  };
  const namespace = process.getuid?.() === 0 ? ['unshare', '--net'] : ['unshare', '--user', '--map-root-user', '--net'];
  const tried =
    process.platform === 'linux' ? await netemSupport(namespace) : { supported: false as const, reason: 'not Linux' };
  return {
    platform: process.platform,
    release: release(),
    netem: kernelNetem(tried, traces),
  };
};

const textOf = (path: string, unpack = (bytes: Buffer): Buffer => bytes): string | null => {
  try {
    return unpack(readFileSync(path)).toString('utf8');
  } catch {
    return null; // another system, or a kernel that does not provide it
  }
};
