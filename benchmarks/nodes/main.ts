import { measureIdleNodes } from './io/idle-nodes.ts';
import { compareWithRealTime } from './io/real-time.ts';

/** The cost of many idle nodes, and an engine in real time compared with virtual time: `npm run bench:nodes [SECONDS]` */
const seconds = Number(process.argv[2] ?? 20);
console.log(await measureIdleNodes(64, seconds));
console.log(await compareWithRealTime(seconds, 20));
