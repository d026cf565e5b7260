import { runService } from '../core/process/io/service-process.ts';
import { SystemClock } from '../core/time/io/system-clock.ts';
import { connectedLoad, taxOfLoad } from '../hosts/io/live-load.ts';
import type { LoadSetup } from '../hosts/part-setup.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { traceOf } from '../scenario/io/trace-of.ts';
import { scheduleOf } from '../scenario/schedule-of.ts';
import type { LoadProgress } from '../services/client/io/load-generator.ts';

runService<LoadSetup, null, LoadProgress>(async (setup, { emit, ...parent }) => {
  const scenario = readScenario(setup.scenario);
  const clock = SystemClock.notStarted();
  const schedule = scheduleOf(scenario, traceOf(scenario));
  const tax = await taxOfLoad(scenario, schedule);
  const load = await connectedLoad({
    ...{ scenario, schedule, part: setup.part, tax, clock, emit },
    addresses: new Map(Object.entries(setup.ports).map(([client, port]) => [client, `127.0.0.1:${port}`])),
  });
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

const PROGRESS_MS = 250;
