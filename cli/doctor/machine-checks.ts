import { fail, ok, type Verdict, warning } from './check.ts';
import type { DiskFacts, ProcessorFacts, RuntimeFacts } from './facts.ts';

/** Where `npm ci` installs the pinned runtime; elsewhere one brings one's own. Source: package.json. */
const PINNED_FOR = ['linux x64', 'linux arm64', 'darwin x64', 'darwin arm64'];

/** That this runs says that Node finds its libraries too, libatomic among them. */
export const runtimeVerdict = ({ version, pinned, platform, arch }: RuntimeFacts): Verdict => {
  const found = `Node ${version}, ${platform} ${arch}`;
  const fix = 'npm ci, then start with `npm run starlane --`, which takes the pinned Node';
  if (Number.parseInt(version, 10) < Number.parseInt(pinned, 10)) {
    return fail({
      found,
      means: `Starlane is written for Node ${Number.parseInt(pinned, 10)} and tested on ${pinned}`,
      fix,
    });
  }
  if (!PINNED_FOR.includes(`${platform} ${arch}`)) {
    return warning({
      found,
      means: `Starlane is tested on Linux, and its pinned Node ${pinned} is not made for this system`,
      fix: `run it on ${PINNED_FOR.join(', ')}`,
    });
  }
  if (version !== pinned) {
    return warning({ found, means: `tested on ${pinned}; another version may be faster or slower`, fix });
  }
  return ok(found, 'the pinned runtime, which the tests run on');
};

/** A live run is a process a node, relays, router and load: ten for the atlantic scenario. */
export const processorVerdict = ({ cores, load }: ProcessorFacts): Verdict => {
  const found = `${cores} ${cores === 1 ? 'core' : 'cores'}${load === null ? '' : `, load ${load.toFixed(1)}`}`;
  if (load !== null && load > cores / 2) {
    return warning({
      found,
      means: 'others use the processor: what they take shows in the tails of live runs, and not in simulated ones',
      fix: 'end what else runs, wait a minute for the average to fall, or simulate',
    });
  }
  if (cores < 2) {
    return warning({
      found,
      means: 'the processes of a live run wait for each other, which shows in its tails; a simulated run needs no more',
      fix: 'use two cores or more, lower --rate, or simulate',
    });
  }
  return ok(found, load === null ? 'enough; this system does not tell how busy they are' : 'enough, and idle enough');
};

/** Measured on Linux x64: atlantic takes ten processes of about 105 MB each, much of it shared; simulated it takes one. */
const MEMORY_BYTES = 1024 ** 3;

export const memoryVerdict = ({ availableBytes }: { readonly availableBytes: number }): Verdict => {
  const found = `${amount(availableBytes)} free`;
  if (availableBytes < MEMORY_BYTES) {
    return warning({
      found,
      means: 'a live run takes about 0.1 GiB a process, and swapping ruins its times',
      fix: 'free 1 GiB, or use fewer nodes',
    });
  }
  return ok(found, 'enough for a live run of the scenarios that come with Starlane');
};

/** Measured: the log of ten simulated minutes of atlantic at its own rate is 5 MB a policy. The bars are chosen. */
const DISK_LOW_BYTES = 500e6;
const DISK_NEEDED_BYTES = 20e6;

export const diskVerdict = ({ folder, freeBytes, isWritable }: DiskFacts): Verdict => {
  if (!isWritable) {
    return fail({
      found: `${folder} cannot be written to`,
      means: 'results have no place to go',
      fix: 'run from a folder of yours, or give --out a folder that you may write to',
    });
  }
  const found = `${amount(freeBytes)} free for results in ${folder}`;
  const fix = 'free some space, or give --out a folder on another disk';
  if (freeBytes < DISK_NEEDED_BYTES) return fail({ found, means: 'too little for the log of one run', fix });
  if (freeBytes < DISK_LOW_BYTES) return warning({ found, means: 'long runs may fill the disk', fix });
  return ok(found, 'enough for many runs');
};

export const netAdminVerdict = (isGiven: boolean): Verdict =>
  isGiven
    ? ok('this process has NET_ADMIN', 'it may ask the kernel for netem itself')
    : ok('this process has no NET_ADMIN', 'none is needed: relays do without, and containers are given their own');

/** Bytes as people read them. */
export const amount = (bytes: number): string =>
  bytes >= 1024 ** 3 ? `${(bytes / 1024 ** 3).toFixed(1)} GiB` : `${Math.floor(bytes / 1024 ** 2)} MiB`;
