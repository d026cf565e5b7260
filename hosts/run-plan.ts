import type { HostKind, RunEvent } from '../core/event/event.ts';
import { constellationName } from '../netem/sky/orbit/constellation-name.ts';
import type { Geometry } from '../netem/sky/path/geometry.ts';
import { commitOf } from '../report/io/commit.ts';
import { isPolicyName } from '../router/pick/registry.ts';
import { checkPlayedLive } from '../scenario/hand-over-of.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { traceOf } from '../scenario/io/trace-of.ts';
import { checkPolicy, meantPolicy } from '../scenario/meant-policy.ts';
import { repeatRemarks } from '../scenario/own-rate.ts';
import { type ResolvedScenario, resolvedScenario } from '../scenario/resolved-scenario.ts';
import { routerPlansOf } from '../scenario/router-plan.ts';
import type { Overrides, Scenario } from '../scenario/scenario.ts';
import { scenarioObjectives } from '../scenario/scenario-objectives.ts';
import { scheduleOf } from '../scenario/schedule-of.ts';
import { type Topology, topologyOf } from '../scenario/topology.ts';
import { engineOptionsOf } from '../services/node/engine-options.ts';
import { mayFollow } from '../workload/followers.ts';
import type { Schedule } from '../workload/schedule.ts';

/** What all policies of one command have in common. */
export interface RunPlan {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly schedule: Schedule;
  /** About how many requests there will be, for progress: those that follow others cannot be counted up front. */
  readonly expectedRequests: number;
  /** The scenario that is written beside the results. */
  readonly resolved: ResolvedScenario;
  readonly commit: string | null;
  /** Of all runs in virtual time of the scenario; undefined for live runs. */
  readonly geometry: Geometry | undefined;
  /** The event that opens the section of a policy. */
  runEvent(policy: string, on: { readonly host: HostKind; readonly shaper: string }): RunEvent;
  /** The plan with other settings of the routers, at the same sites and before the same nodes: requests and paths stay. */
  withRouter(router: Scenario['router']): RunPlan;
}

/** Reads and checks everything that a run needs before it starts. Throws `ConfigError`. */
export const runPlan = (options: {
  readonly file: string;
  readonly policies: readonly string[];
  readonly overrides: Overrides;
  /** Whether it runs in virtual time. */
  readonly simulated: boolean;
  /** Gives what is known of the ways through space; nothing by default. */
  readonly geometryOf?: (scenario: Scenario) => Geometry;
}): RunPlan => {
  const { file, policies, overrides, simulated } = options;
  const scenario = readScenario(file, overrides);
  if (!simulated) checkPlayedLive(scenario);
  for (const policy of policies) checkPolicy(scenario.router, policy, { simulated });
  const geometry = options.geometryOf?.(scenario);
  return planOf(scenario, { overrides, commit: commitOf(), repetition: 1, geometry });
};

/** The plan of a scenario that was read already: of a repetition, another seed of it. */
export const planOf = (
  scenario: Scenario,
  of: {
    readonly overrides: Overrides;
    readonly commit: string | null;
    readonly repetition: number;
    /** Where the ways through space are kept, for all runs of the scenario. */
    readonly geometry?: Geometry | undefined;
  },
): RunPlan => {
  const { overrides, commit, repetition, geometry } = of;
  const durationMs = scenario.durationS * 1000;
  const trace = traceOf(scenario);
  const schedule = scheduleOf(scenario, trace);
  const following = mayFollow(schedule, durationMs);
  const topology = topologyOf(scenario, undefined, geometry);
  const remarks = [
    ...topology.remarks,
    ...trace.remarks,
    ...repeatRemarks(scenario.load, { requests: schedule.length, rows: trace.arrivalS.length }),
  ];
  return madePlan(scenario, topology, { schedule, following, remarks, overrides, commit, repetition, geometry });
};

/** What a plan has beside scenario and topology. */
interface Planned extends Pick<RunPlan, 'schedule' | 'commit' | 'geometry'> {
  /** How many requests may follow answers. */
  readonly following: number;
  readonly remarks: readonly string[];
  readonly overrides: Overrides;
  readonly repetition: number;
}

const madePlan = (scenario: Scenario, topology: Topology, planned: Planned): RunPlan => {
  const { schedule, following, remarks, overrides, commit, repetition, geometry } = planned;
  const resolved = resolvedScenario(scenario);
  return {
    scenario,
    topology,
    schedule,
    expectedRequests: following === 0 ? schedule.length : Math.max(schedule.length, nominalCount(scenario)),
    resolved,
    commit,
    geometry,
    withRouter: (router) => {
      const routed = { ...scenario, router };
      return madePlan(routed, { ...topology, routers: routerPlansOf(routed) }, planned);
    },
    runEvent: (policy, { host, shaper }) => ({
      kind: 'run',
      atMs: 0,
      schema: 2,
      key: {
        variant: policy,
        policy: meantPolicy(scenario.router, policy)?.policy ?? policy,
        params: paramsOf(scenario, policy),
        seed: scenario.seed,
        repetition,
        overrides: { ...overrides },
      },
      scenario: scenario.name,
      hash: resolved.hash,
      fileHash: scenario.hash,
      host,
      shaper,
      ...(host === 'simulate' ? {} : { dataPath: scenario.router.dataPath }),
      constellation: constellationName(scenario.network.constellation),
      ...(remarks.length === 0 ? {} : { remarks }),
      profiles: profilesOf(scenario),
      providers: Object.fromEntries(topology.nodes.map(({ name, config }) => [name, config.provider])),
      epochUnixMs: scenario.epochUnixMs,
      ...routersOf(topology),
      knowledge: scenario.router.knowledge,
      commit,
      ratePerS: scenario.load.ratePerS,
      warmUpMs: scenario.warmUpS * 1000,
      durationMs: scenario.durationS * 1000,
      requests: schedule.length,
      ...(following === 0 ? {} : { mayFollow: following }),
      slo: scenarioObjectives(scenario),
    }),
  };
};

const nominalCount = ({ load, durationS }: Scenario): number => Math.round(load.ratePerS * durationS);

/** The parameters of a policy, and those of single routers where they differ; none for a policy that the scenario does not know, as when a topology runs another one. */
const paramsOf = (scenario: Scenario, policy: string): Readonly<Record<string, unknown>> => {
  const meant = meantPolicy(scenario.router, policy);
  if (meant === null) return {};
  const own = routerPlansOf(scenario).flatMap(({ name, config }) =>
    !isPolicyName(meant.policy) || scenario.routers?.[name]?.policies?.[meant.policy] === undefined
      ? []
      : [[name, meantPolicy(config, policy)!.params] as const],
  );
  return own.length === 0 ? meant.params : { ...meant.params, byRouter: Object.fromEntries(own) };
};

const routersOf = ({ routers }: Topology): Pick<RunEvent, 'routers'> =>
  routers.length === 1
    ? {}
    : { routers: Object.fromEntries(routers.map(({ name, site, clients }) => [name, { site, clients }])) };

const profilesOf = ({ nodes }: Scenario): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(nodes).map(([name, config]) => {
      const { id, grade } = engineOptionsOf(config, `nodes.${name}`).profile;
      return [name, `${id}, grade ${grade}`];
    }),
  );
