import { eachEvent } from '../../core/event/io/event-reader.ts';
import { inTurns } from '../../core/process/io/in-turns.ts';
import { type AnswerTimes, answerTimesOf } from '../regret/answer-times.ts';
import { withRegret } from '../regret/regret.ts';
import type { RunTally } from '../run-tally.ts';
import { Summariser } from '../summary.ts';
import type { Summary } from '../summary-schema.ts';
import { machineName } from './machine-name.ts';

/**
 * The summary of a log on disk, of which `lost` events could not be written. Null when it has not even its first line. `onRun` gets each run
 * as soon as it is added up.
 */
export const summaryOfLog = async (
  path: string,
  { lost, onRun }: { readonly lost: number; readonly onRun?: (tally: RunTally) => void },
): Promise<Summary | null> => {
  let torn = 0;
  const answerTimes: AnswerTimes[] = [];
  const summariser = new Summariser((tally) => {
    if (tally.run.host === 'simulate') answerTimes.push(answerTimesOf(tally)); // elsewhere there are no bounds
    onRun?.(tally);
  });
  await inTurns(
    eachEvent(path, () => torn++),
    (event) => summariser.add(event),
  );
  return summariser.hasRun ? withRegret(summariser.summary(machineName(), { lost, torn }), answerTimes) : null;
};
