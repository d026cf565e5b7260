import type { NodeReady, NodeSetup } from '../../benchmarks/run/part-setup.ts';
import { EventFile } from '../../core/event/io/event-file.ts';
import { runService } from '../../core/process/io/service-process.ts';
import { SystemClock } from '../../core/time/io/system-clock.ts';
import { engineOf } from '../../scenario/engine-of.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { nodePlansOf } from '../../scenario/topology.ts';
import { serveGrpcNode } from './io/grpc-node.ts';

runService<NodeSetup, NodeReady>(async (setup) => {
  const scenario = readScenario(setup.scenario, setup.overrides);
  const plan = nodePlansOf(scenario).find(({ name }) => name === setup.node);
  if (plan === undefined) throw new Error(`the scenario has no node ${setup.node}`);
  const clock = SystemClock.notStarted();
  const log = new EventFile(setup.events);
  const engine = engineOf(scenario, plan, clock);
  const node = await serveGrpcNode({ engine, clock, host: '127.0.0.1', port: 0, emit: log.emit });
  return {
    ready: { port: node.port },
    begin: (startUnixMs) => clock.startAt(startUnixMs),
    close: async () => {
      await node.close(0);
      engine.close();
      clock.close();
      log.close();
    },
  };
});
