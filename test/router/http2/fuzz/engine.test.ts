import { expect, test } from 'vitest';
import { EngineRun } from './engine-run.ts';
import { engineFaults } from './fuzz-engine.ts';
import { recordSession } from './recordings.ts';

test('whatever a peer and the application do, the engine leaks no stream and no credit, keeps its order and breaks no rule', async () => {
  let frames = 0;
  const seed = Math.floor(Math.random() * 0x7fffffff);
  const faults = engineFaults({
    seed,
    runs: 60,
    recordings: await recordSession(),
    onRun: (more) => {
      frames += more;
    },
  });
  expect(faults).toBeNull();
  expect(frames).toBeGreaterThan(2000);
});

test('a recording of node:http2 that nobody has twisted is served to its end', async () => {
  const { client, server, streams } = await recordSession();
  for (const role of ['server', 'client'] as const) {
    const run = new EngineRun({ role, isLegal: false, isReplay: true });
    if (role === 'client') run.open(streams);
    for (const bytes of role === 'server' ? client : server) run.replay(bytes, { pick: 0, cutAt: 1 });
    expect(run.isClosed).toBe(false);
    run.end();
    expect(run.faults).toEqual([]);
  }
});
