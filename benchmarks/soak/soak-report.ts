import { type MemorySample, memoryByMinute, residentSlope } from './memory-by-minute.ts';
import { isCutByCrash, type SoakOutcome } from './soak-verdict.ts';

/** What a soak measured, as Markdown. */
export const soakReport = (
  outcome: Omit<SoakOutcome, 'slopeBytes'>,
  samples: readonly MemorySample[],
  conditions: readonly string[],
): readonly string[] => {
  const { tally, nodeEnds } = outcome;
  const mib = (bytes: number): string => (bytes / (1 << 20)).toFixed(1);
  const rows = memoryByMinute(samples).map(
    ({ minute, residentBytes, heapBytes, externalBytes, cores }) =>
      `| ${minute} | ${mib(residentBytes)} | ${mib(heapBytes)} | ${mib(externalBytes)} | ${cores.toFixed(2)} |`,
  );
  const slope = residentSlope(samples);
  const crashes = nodeEnds.filter(({ isCrash }) => isCrash).length;
  const cut = tally.failures.filter((failure) => isCutByCrash(failure, nodeEnds)).length;
  return [
    ...conditions,
    '',
    '| minute | resident, MiB | heap used | external | of a core |',
    '| ------ | ------------- | --------- | -------- | --------- |',
    ...rows,
    '',
    `resident memory after the second minute: ${slope === null ? 'not known' : `${mib2(slope)} MiB a minute`}`,
    `calls: ${tally.begun} begun by ${tally.clients} clients, ${tally.answered} answered, ${tally.cancelled} cancelled, ` +
      `${tally.expired} expired as they should, ${tally.left} left by clients that went, ${tally.failed} failed, ${tally.open} open; ${tally.skipped} not begun, as their client had too many open`,
    `nodes: ${nodeEnds.length - crashes} drained and ${crashes} crashed; crashes cut ${cut} answers that had begun`,
  ];
};

const mib2 = (bytes: number): string => (bytes / (1 << 20)).toFixed(2);
