import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * TCP gives a device up to 64 KiB as one packet. netem would lose or serialise it as one, so a shaped device takes one
 * segment at a time: `gso_max_segs 1`. Returns the value before. It applies to new connections only: an open one keeps
 * the old value.
 */
export const turnSegmentationOff = async (device: string, enter: readonly string[]): Promise<number> => {
  const [link] = JSON.parse(await ip(enter, ['-json', '-details', 'link', 'show', 'dev', device])) as readonly {
    readonly gso_max_segs?: number;
  }[];
  await setGsoMaxSegs(device, 1, enter);
  return link?.gso_max_segs ?? KERNEL_GSO_MAX_SEGS;
};

export const setGsoMaxSegs = async (device: string, segments: number, enter: readonly string[]): Promise<void> => {
  await ip(enter, ['link', 'set', 'dev', device, 'gso_max_segs', String(segments)]);
};

/** The default of a device. Source: Linux, `GSO_MAX_SEGS` in include/linux/netdevice.h. */
export const KERNEL_GSO_MAX_SEGS = 65_535;

const ip = async (enter: readonly string[], words: readonly string[]): Promise<string> => {
  const [command, ...rest] = [...enter, 'ip', ...words];
  return (await promisify(execFile)(command!, rest)).stdout;
};
