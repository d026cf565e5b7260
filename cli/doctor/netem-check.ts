import type { ShaperChoice } from '../../scenario/deployment/environment.ts';
import { fail, ok, type Verdict, warning } from './check.ts';
import type { DockerFacts } from './docker-facts.ts';
import type { KernelFacts } from './facts.ts';

/** The kernel that counts is the engine's, which is this one only where the engine runs on it. */
export const netemVerdict = (kernel: KernelFacts, docker: DockerFacts | null, shaper: ShaperChoice): Verdict => {
  const engine = docker?.kind === 'answers' ? docker : null;
  const isShared = kernel.platform === 'linux' && (engine === null || engine.kernelRelease === kernel.release);
  if (!isShared) {
    const which = engine === null ? 'of the Docker engine’s machine' : `${engine.kernelRelease} of the Docker engine`;
    const found = `not known: the kernel ${which} decides, which is not this one`;
    return unknown(found, 'bring it up: its log says whether it uses netem or relays', shaper);
  }
  const name = `kernel ${kernel.release}`;
  switch (kernel.netem.kind) {
    case 'supported':
      return ok(`${name} has netem: ${kernel.netem.how}`, 'containers delay and drop packets');
    case 'unknown':
      return unknown(`not known for ${name}: ${kernel.netem.reason}`, 'sudo modprobe sch_netem && echo yes', shaper);
    case 'unsupported': {
      const found = `${name} has no netem: ${kernel.netem.reason}`;
      if (shaper === 'relay') return ok(found, 'relays were asked for, which need none');
      const fix = 'sudo modprobe sch_netem; if that fails, use a kernel with CONFIG_NET_SCH_NETEM';
      return shaper === 'netem'
        ? fail({
            found,
            means: 'netem was asked for, and the containers cannot have it',
            fix: `${fix}; or --shaper auto`,
          })
        : warning({ found, means: FALLBACK, fix });
    }
  }
};

const FALLBACK = 'compose falls back to relays, which delay streams but drop no packets; every result says so';

const unknown = (found: string, fix: string, shaper: ShaperChoice): Verdict =>
  shaper === 'relay'
    ? ok(found, 'relays were asked for, which need none')
    : warning({ found, means: `without netem ${FALLBACK}`, fix });
