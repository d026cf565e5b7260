import type { AddressInfo } from 'node:net';
import { answerAbout } from '../../../core/process/io/control-server.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { engineOf } from '../../../scenario/engine-of.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import { nodePlansOf } from '../../../scenario/node-plan.ts';
import { serveGrpcNode } from '../../../services/node/io/grpc-node.ts';

/*
 * The first node of a scenario with the HTTP door that it has in a container, on free ports of the loopback: a process of its own. Prints
 * `ready DOOR-PORT GRPC-PORT`.
 */
const scenario = readScenario(process.argv[2] ?? 'test/scenarios/pair.yaml');
const clock = SystemClock.notStarted();
const engine = engineOf(scenario, nodePlansOf(scenario)[0]!, clock, () => {});
const node = await serveGrpcNode({
  ...{ engine, clock, host: '127.0.0.1', port: 0, alsoPorts: [], emit: () => {} },
  ...{ startedAtMs: 0, drainsAtMs: null, spans: null, faults: null },
});
clock.startAt(Date.now());
const door = await answerAbout({
  service: { health: () => ({ ok: node.state().status === 'serving' }), metrics: () => node.metrics() },
  agrees: { seed: scenario.seed },
  controlPort: 0,
  controlSubnets: [],
});
process.stdout.write(`ready ${(door.address() as AddressInfo).port} ${node.port}\n`);
