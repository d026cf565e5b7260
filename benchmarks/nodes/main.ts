import { Progress } from '../../core/process/io/progress.ts';
import { measureIdleNodes } from './io/idle-nodes.ts';
import { compareWithRealTime } from './io/real-time.ts';

/** The cost of many idle nodes, and an engine in real time compared with virtual time: `npm run bench:nodes [SECONDS]` */
const seconds = Number(process.argv[2] ?? 20);
const progress = new Progress();
progress.show('nodes', null, `64 idle nodes, ${seconds} s`);
const idle = await measureIdleNodes(64, seconds);
progress.show('nodes', null, `an engine in real time, ${seconds} s`);
const compared = await compareWithRealTime(seconds, 20);
progress.clear();
console.log(idle);
console.log(compared);
