import type { ShaperChoice } from '../../scenario/deployment/environment.ts';
import { type Check, fail, type Host, type Verdict, warning } from './check.ts';
import { composeVerdict, dockerVerdict, limitsVerdict, swarmVerdict } from './docker-checks.ts';
import type { Facts, Probed } from './facts.ts';
import { diskVerdict, memoryVerdict, netAdminVerdict, processorVerdict, runtimeVerdict } from './machine-checks.ts';
import { netemVerdict } from './netem-check.ts';
import { networksVerdict, portsVerdict } from './network-checks.ts';
import { clockVerdict, timersVerdict } from './time-checks.ts';

export interface Diagnosis {
  readonly host: Host;
  /** No check that this host needs has failed. */
  readonly canRun: boolean;
  readonly checks: readonly CountedCheck[];
}

export interface CountedCheck extends Check {
  /** Whether the chosen host needs it. */
  readonly counts: boolean;
}

/** Judges what was seen for one host. What the engine alone could tell is left out while it does not answer. */
export const diagnose = (facts: Facts, wish: { readonly host: Host; readonly shaper: ShaperChoice }): Diagnosis => {
  const counted = (hosts: readonly Host[], name: string, verdict: Verdict): CountedCheck => {
    const { status, found, means, fix } = verdict;
    return { name, status, found, means, fix, counts: hosts.includes(wish.host) };
  };
  const docker = facts.docker.kind === 'known' ? facts.docker.value : null;
  const platform = facts.kernel.kind === 'known' ? facts.kernel.value.platform : 'linux';
  const hasCli = docker?.kind !== 'no-cli';
  const checks = [
    counted(EVERY, 'runtime', judged('the Node', facts.runtime, runtimeVerdict)),
    counted(EVERY, 'processor', judged('the processor', facts.processor, processorVerdict)),
    counted(EVERY, 'memory', judged('free memory', facts.memory, memoryVerdict)),
    counted(EVERY, 'disk', judged('disk space', facts.disk, diskVerdict)),
    counted(LIVE, 'clock', judged('the clock', facts.clock, clockVerdict)),
    counted(LIVE, 'timers', judged('the accuracy of timers', facts.timers, timersVerdict)),
    counted(
      COMPOSE,
      'docker',
      judged('Docker', facts.docker, (found) => dockerVerdict(found, platform), fail),
    ),
    ...(hasCli ? [counted(COMPOSE, 'compose', judged('Compose', facts.compose, composeVerdict, fail))] : []),
    ...(docker?.kind === 'answers'
      ? [counted(COMPOSE, 'limits', limitsVerdict(docker)), counted(COMPOSE, 'swarm', swarmVerdict(docker))]
      : []),
    counted(
      COMPOSE,
      'netem',
      judged('netem', facts.kernel, (kernel) => netemVerdict(kernel, docker, wish.shaper)),
    ),
    counted(COMPOSE, 'net-admin', judged('NET_ADMIN', facts.netAdmin, netAdminVerdict)),
    counted(COMPOSE, 'ports', judged('the state of ports', facts.ports, portsVerdict)),
    counted(COMPOSE, 'networks', judged('networks in use', facts.networks, networksVerdict)),
  ];
  return { host: wish.host, canRun: !checks.some(({ counts, status }) => counts && status === 'fail'), checks };
};

const COMPOSE: readonly Host[] = ['compose'];
const LIVE: readonly Host[] = ['local', 'compose'];
const EVERY: readonly Host[] = ['simulate', 'local', 'compose'];

/** A probe without an answer is a warning, and a failure for what a host cannot do without. */
const judged = <T>(what: string, probed: Probed<T>, judge: (value: T) => Verdict, otherwise = warning): Verdict =>
  probed.kind === 'known'
    ? judge(probed.value)
    : otherwise({
        found: `${what} could not be told: ${probed.reason}`,
        means: 'nothing is known about it',
        fix: 'run `starlane doctor` again; if it stays so, look by hand',
      });
