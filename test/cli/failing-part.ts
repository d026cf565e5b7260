import { isForked, runService } from '../../core/process/io/service-process.ts';
import { runStanding } from '../../core/process/io/standing-service.ts';

/** A part of a run, or of a topology, that comes up and cannot be closed. */
const service = {
  ready: null,
  begin: () => {},
  close: () => Promise.reject(new Error('the tree is stuck')),
};

if (isForked()) {
  runService(async () => service);
} else {
  const configured = { runFolder: process.argv[2]!, digest: '', patienceMs: 0 };
  await runStanding(configured, () => ({
    standing: {
      part: 'failing',
      start: { kind: 'awaited' },
      agrees: {},
      told: {},
      note: () => null,
      adminToken: null,
      controlPort: 0,
      controlSubnets: [],
    },
    start: async () => service,
  }));
}
