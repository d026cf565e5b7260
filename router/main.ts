import type { RouterReady, RouterSetup } from '../benchmarks/run/part-setup.ts';
import { EventFile } from '../core/event/io/event-file.ts';
import { runService } from '../core/process/io/service-process.ts';
import { SystemClock } from '../core/time/io/system-clock.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { routerOf } from '../scenario/router-of.ts';
import { topologyOf } from '../scenario/topology.ts';
import { Http2Proxy } from './io/http2-proxy.ts';

runService<RouterSetup, RouterReady>(async (setup) => {
  const scenario = readScenario(setup.scenario, setup.overrides);
  const topology = topologyOf(scenario);
  const clock = SystemClock.notStarted();
  const log = new EventFile(setup.events);
  const router = routerOf(scenario, topology, { policy: setup.policy, emit: log.emit });
  const addresses = topology.endpoints.map(({ name }) => ({ host: '127.0.0.1', port: setup.endpointPorts[name]! }));
  const dataPath = new Http2Proxy({ router, clock, addresses });
  const port = await dataPath.listen({ host: '127.0.0.1', port: setup.port });
  return {
    ready: { port },
    begin: (startUnixMs) => clock.startAt(startUnixMs),
    close: async () => {
      await dataPath.close();
      clock.close();
      log.close();
    },
  };
});
