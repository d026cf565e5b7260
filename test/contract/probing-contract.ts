import { afterEach, describe, expect, test } from 'vitest';
import type { Observation } from '../../router/observation.ts';
import { pickOf } from '../../router/pick/pick-of.ts';
import type { Policy } from '../../router/pick/policy.ts';

type Probed = Extract<Observation, { readonly kind: 'probed' }>;

/** A policy that sends everything to the first endpoint, wants what it is told to want, and remembers what it heard. */
class ProbingPolicy implements Policy {
  readonly name = 'probing';
  readonly probed: Probed[] = [];
  wanted: readonly number[] = [];
  /** What it wants from the first request on. */
  wantedOnceAsked: readonly number[] = [];

  pick() {
    return pickOf(0);
  }

  probes(): readonly number[] {
    return this.wanted;
  }

  observe(what: Observation): void {
    if (what.kind === 'began') this.wanted = this.wantedOnceAsked;
    if (what.kind === 'probed') {
      this.probed.push(what);
      this.wanted = this.wanted.filter((endpoint) => endpoint !== what.endpoint);
    }
  }
}

/** A host with two endpoints or more of nodes that are up, whose router has the policy. */
export interface ProbingHost {
  /** Begins a request. */
  send(): void;
  /** Lets some time of the host pass. */
  pass(ms: number): Promise<void> | void;
  /** What the router knows of the load of an endpoint's node: when it was said. */
  reportedAtMs(endpoint: number): number;
  close(): Promise<void> | void;
}

/** What every host does for a policy that wants endpoints probed. */
export const probingContract = (name: string, start: (policy: Policy) => Promise<ProbingHost> | ProbingHost): void => {
  describe(`${name} probes what the policy wants:`, () => {
    const open: ProbingHost[] = [];
    afterEach(async () => {
      for (const host of open.splice(0)) await host.close();
    });
    const started = async (policy: Policy): Promise<ProbingHost> => {
      const host = await start(policy);
      open.push(host);
      return host;
    };
    const heard = async (host: ProbingHost, policy: ProbingPolicy, count: number): Promise<void> => {
      for (let turn = 0; turn < 200 && policy.probed.length < count; turn++) await host.pass(20);
    };

    test('without a request, and gives it the round trip and the load of the node', async () => {
      const policy = new ProbingPolicy();
      policy.wanted = [1];
      const host = await started(policy);
      await heard(host, policy, 1);
      const [probed] = policy.probed as [Probed];
      expect(probed.endpoint).toBe(1);
      expect(probed.rttMs).toBeGreaterThan(0);
      expect(probed.rttMs).toBeLessThan(2000);
      expect(probed.report).toMatchObject({ running: 0, waiting: 0 });
      expect(host.reportedAtMs(1)).toBe(probed.report!.atMs);
      await host.pass(300);
      expect(policy.probed.length).toBe(1);
    });

    test('after a request began, each endpoint once, however often it is named', async () => {
      const policy = new ProbingPolicy();
      policy.wantedOnceAsked = [1, 0, 1];
      const host = await started(policy);
      await host.pass(30);
      expect(policy.probed.length).toBe(0);
      host.send();
      await heard(host, policy, 2);
      expect(policy.probed.map(({ endpoint }) => endpoint).sort()).toEqual([0, 1]);
    });

    test('and continues as long as it wants it', async () => {
      const policy = new ProbingPolicy();
      policy.wanted = [0];
      const host = await started(policy);
      await heard(host, policy, 1);
      policy.wanted = [1];
      await heard(host, policy, 2);
      expect(policy.probed.map(({ endpoint }) => endpoint)).toEqual([0, 1]);
    });
  });
};
