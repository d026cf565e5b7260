import { measureIdleNodes } from './io/idle-nodes.ts';
import { compareWithRealTime } from './io/real-time.ts';

/** What many idle nodes cost, and how near an engine in real time is to the same in virtual time: `npm run bench:nodes [SECONDS]` */
const seconds = Number(process.argv[2] ?? 20);
console.log(await measureIdleNodes(64, seconds));
console.log(await compareWithRealTime(seconds, 20));
