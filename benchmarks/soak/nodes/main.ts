import { setTimeout as sleep } from 'node:timers/promises';
import { runService } from '../../../core/process/io/service-process.ts';
import { steadyUnixMs } from '../../../core/time/io/steady-unix.ts';
import { RestartingNode } from '../io/restarting-node.ts';
import type { NodeEnd, NodesReady, NodesSetup } from '../part-setup.ts';

/** The nodes of `bench:soak`. From the start of the load on they restart, one after the other. */
runService<NodesSetup, NodesReady, NodeEnd>(async ({ nodes: count, restartEveryMs }, parent) => {
  const nodes = Array.from({ length: count }, () => new RestartingNode());
  const ports = await Promise.all(nodes.map((node) => node.start()));
  let isClosed = false;
  const keepRestarting = async (): Promise<void> => {
    for (let turn = 0; !isClosed; turn++) {
      await sleep(restartEveryMs / count);
      const index = turn % count;
      const isCrash = (turn + Math.floor(turn / count)) % 2 === 1;
      if (isClosed) return;
      await nodes[index]!.restart(isCrash, () => parent.progress({ node: index, atUnixMs: steadyUnixMs(), isCrash }));
    }
  };
  return {
    ready: { ports },
    begin: () => void keepRestarting(),
    close: () => {
      isClosed = true;
      for (const node of nodes) node.close();
    },
  };
});
