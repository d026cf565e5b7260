import { InvalidArgumentError } from 'commander';
import { Progress } from '../../core/process/io/progress.ts';
import { benchmarkCommand } from '../suites/io/benchmark-command.ts';
import { measureIdleNodes } from './io/idle-nodes.ts';
import { compareWithRealTime } from './io/real-time.ts';

/** The cost of many idle nodes, and an engine in real time compared with virtual time: `npm run bench:nodes [SECONDS]` */
const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 3600)) throw new InvalidArgumentError('Expected seconds, more than 0 and at most 3600.');
  return value;
};

const [seconds] = benchmarkCommand('bench:nodes')
  .argument('[seconds]', 'how long each of the two is measured', positive, 20)
  .parse().processedArgs as [number];
const progress = new Progress();
progress.show('nodes', null, `64 idle nodes, ${seconds} s`);
const idle = await measureIdleNodes(64, seconds);
progress.show('nodes', null, `an engine in real time, ${seconds} s`);
const compared = await compareWithRealTime(seconds, 20);
progress.clear();
console.log(idle);
console.log(compared);
