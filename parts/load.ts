import { runService } from '../core/process/io/service-process.ts';
import { SystemClock } from '../core/time/io/system-clock.ts';
import type { LoadSetup } from '../hosts/part-setup.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { traceOf } from '../scenario/io/trace-of.ts';
import { scheduleOf } from '../scenario/schedule-of.ts';
import { LoadGenerator, type LoadProgress } from '../services/client/io/load-generator.ts';

runService<LoadSetup, null, LoadProgress>(async (setup, { emit, ...parent }) => {
  const scenario = readScenario(setup.scenario, setup.overrides);
  const { deadlineS, maxInFlight } = scenario.load;
  const clock = SystemClock.notStarted();
  const addresses = new Map(Object.entries(setup.ports).map(([client, port]) => [client, `127.0.0.1:${port}`]));
  const schedule = scheduleOf(scenario, traceOf(scenario));
  const load = new LoadGenerator({
    schedule,
    addresses,
    clock,
    emit,
    deadlineMs: deadlineS * 1000,
    maxInFlight,
    part: 'load generator',
    warmUpMs: scenario.warmUpS * 1000,
    stallMs: scenario.slo.stallMs,
  });
  await load.connect(CONNECT_MS);
  const reporting = setInterval(() => parent.progress(load.progress), PROGRESS_MS);
  return {
    ready: null,
    begin: (startUnixMs) => {
      clock.startAt(startUnixMs);
      void load.run().then(() => parent.done());
    },
    close: (ending) => {
      clearInterval(reporting);
      load.close(ending);
      clock.close();
    },
  };
});

const CONNECT_MS = 5000;
const PROGRESS_MS = 250;
