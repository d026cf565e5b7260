import { isBound } from '../router/pick/registry.ts';
import { extraAttemptsNote } from './extra-attempts.ts';
import { generatorNote } from './generator-figures.ts';
import { LEAST_SAMPLES, seenOf } from './least-samples.ts';
import { isRarelyUp } from './outlook/rarely-up.ts';
import { shareText } from './outlook/share-text.ts';
import type { RunTally } from './run-tally.ts';
import { saturationNote } from './saturation.ts';
import type { RunFigures, WaitFigures } from './summary-schema.ts';

/** What to know when using the figures of a run. */
export const runNotes = (
  tally: RunTally,
  { ttftMs, saturation, neverUp, generator, requests, extraAttempts, clientRetries, waits }: RunFigures,
): string[] => {
  const seen = seenOf(ttftMs);
  const weak = (
    [
      ['p99', LEAST_SAMPLES.p99],
      ['p99.9', LEAST_SAMPLES.p999],
    ] as const
  ).filter(([, samples]) => seen < samples);
  const extra = extraAttemptsNote(extraAttempts, requests);
  return [
    ...weak.map(([percentile, samples]) => `${percentile} rests on ${seen} first tokens; it needs ${samples}`),
    ...(saturation === null ? [] : [saturationNote(saturation)]),
    ...tally.nodes.lines(),
    ...neverUp.map((path) => `path ${path} was never up`),
    ...rarelyUp(tally),
    ...(extra === null ? [] : [extra]),
    ...(clientRetries === 0
      ? []
      : [`clients sent ${clientRetries} times again by themselves; latencies count from the first time`]),
    ...(waits === null ? [] : [waitsNote(waits)]),
    ...(isBound(tally.run.key.policy) && tally.followed > 0 ? [NO_REGRET] : []),
    ...(generator === null ? [] : [generatorNote(generator)]),
  ];
};

const waitsNote = ({ waited, waitMs, shed, timedOut, gone }: WaitFigures): string => {
  const longest = waitMs.max === null ? '' : ` up to ${Math.round(waitMs.max)} ms`;
  const inVain =
    shed + timedOut + gone === 0 ? '' : `; ${shed} were shed, ${timedOut} waited too long, ${gone} gave up`;
  return `${waited} requests waited${longest} at a router for an endpoint with room${inVain}`;
};

const NO_REGRET =
  'requests follow answers, so they come at other times under each policy: there is no regret, and a policy may be below this bound';

const rarelyUp = ({ links, ended }: RunTally): readonly string[] => {
  if (ended === null || ended.atMs === 0) return [];
  return links.paths().flatMap((path) => {
    const share = links.upMs(path, 0, ended.atMs) / ended.atMs;
    return share > 0 && isRarelyUp(share) ? [`path ${path} was up ${shareText(share)} of the run`] : [];
  });
};
