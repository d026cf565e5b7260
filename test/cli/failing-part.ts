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
  await runStanding(() => ({
    standing: {
      part: 'failing',
      start: { kind: 'awaited' },
      agrees: {},
      told: {},
      adminToken: null,
      runFolder: process.argv[2]!,
      controlPort: 0,
      controlSubnets: [],
    },
    start: async () => service,
  }));
}
