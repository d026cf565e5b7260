import type { Command } from 'commander';
import { Progress } from '../core/process/io/progress.ts';
import { constellationName } from '../netem/sky/orbit/constellation-name.ts';
import { forecastBand } from '../report/links/forecast-band.ts';
import { LinkExport } from '../report/links/io/link-export.ts';
import { LinkStatistics } from '../report/links/link-statistics.ts';
import { type LinkRow, linkTable } from '../report/links/link-table.ts';
import { mergedTimeline } from '../report/links/merged-timeline.ts';
import { textTable } from '../report/text-table.ts';
import { readScenario } from '../scenario/io/scenario-file.ts';
import { linksOf, type Topology, topologyOf } from '../scenario/topology.ts';
import { seconds } from './run-options.ts';

interface LinksOptions {
  /** Seconds. */
  readonly duration: number;
  readonly json: boolean;
  readonly export?: string;
}

const HELP = `
One row for each direction of each path. NODE/MEDIUM is the path from the router to a node, CLIENT/access the one from its
users to the router; forward goes that way. Time starts at the epoch of the scenario.

Columns, all weighted by time:
  min p50 p95 p99  one-way delay in ms while up, before queueing and jitter: geometry or cable, terminals, equipment
  loss %           share of packets lost while up, in bursts or not
  burst            how many packets a burst of loss lasts; "-" where each packet is lost independently
  down %           share of the time in which nothing passes: boundaries of slots, outages, no satellite
  slot jump ms     how far the median delay moves from one 15 s slot to the next, at the median; "-" without slots
  rate             serialisation rate
  forecast ms      what is known of the delay ahead of time: its median, and p5 to p95 over what is left to chance: the satellite
                   that a user's dish is given, overhead, jitter, load; mean over the slots

--json prints one object: { scenario, constellation, durationS, remarks, links: [{ link, direction, minMs, p50Ms, p95Ms, p99Ms, lossRate,
burstPackets, downShare, slotJumpMs, leastKbps, mostKbps, forecast: { p5Ms, p50Ms, p95Ms } }] }; shares are 0 to 1, null is "none".

--export writes two files for each direction, such as ashburn.laser.forward.jsonl and .mahimahi:
  .jsonl     {"atMs","up","delayUs","jitterUs","lossRate","rateKbps"[,"burst"][,"queue"]} from each change on
  .mahimahi  when a packet of 1500 bytes can leave, in ms, for mm-link: rate and interruptions without delay; the first
             minute or million packets, whichever is less, and empty where the rate is unlimited

Examples:
  starlane links scenarios/atlantic.yaml
  starlane links scenarios/atlantic.yaml --duration 24h
  starlane links scenarios/atlantic.yaml --duration 10m --export results/atlantic-links`;

export const linksCommand = (command: Command): Command =>
  command
    .argument('<file>', 'the scenario, a YAML file')
    .option('-d, --duration <time>', 'over how long: 90, 90s, 10m, 24h', seconds, 900)
    .option('--json', 'print JSON instead of a table', false)
    .option('--export <dir>', 'write every change of every link there')
    .addHelpText('after', HELP)
    .action((file: string, options: LinksOptions) => {
      const scenario = readScenario(file);
      const topology = topologyOf(scenario);
      const { remarks } = topology;
      const rows = linkRows(topology, options);
      const { duration: durationS } = options;
      const constellation = constellationName(scenario.network.constellation);
      if (options.json) {
        process.stdout.write(
          `${JSON.stringify({ scenario: scenario.name, constellation, durationS, remarks, links: rows }, null, 2)}\n`,
        );
        return;
      }
      const table = linkTable(rows);
      process.stdout.write(
        [
          `${scenario.name}: ${rows.length / 2} links, one way, over ${durationS} s from ${scenario.epoch}; ${constellation}`,
          ...remarks,
          '',
          ...textTable(table.columns, table.rows),
          ...(options.export === undefined ? [] : ['', `Wrote ${2 * rows.length} files to ${options.export}`]),
          '',
        ].join('\n'),
      );
    });

const linkRows = (topology: Topology, options: LinksOptions): readonly LinkRow[] => {
  const endMs = options.duration * 1000;
  const directions = [...linksOf(topology)].flatMap(([link, { forward, back, slots, foreseen }]) =>
    (
      [
        ['forward', forward],
        ['back', back],
      ] as const
    ).map(([direction, model]) => ({
      link,
      direction,
      model,
      foreseen,
      statistics: new LinkStatistics(slots),
      // A file name must not contain a slash; names in a scenario contain no dot.
      file:
        options.export === undefined ? null : new LinkExport(options.export, `${link.replace('/', '.')}.${direction}`),
    })),
  );
  const progress = new Progress();
  let count = 0;
  for (const stretch of mergedTimeline(
    directions.map(({ model }) => model),
    0,
    endMs,
  )) {
    const { statistics, file } = directions[stretch.link]!;
    statistics.add(stretch);
    file?.add(stretch);
    if (++count % STRETCHES_A_LOOK === 0) {
      progress.show('links', stretch.toMs / endMs, `${(stretch.toMs / 1000).toFixed(0)} of ${options.duration} s`);
    }
  }
  progress.clear();
  for (const { file } of directions) file?.close();
  return directions.map(({ link, direction, statistics, foreseen }) => ({
    link,
    direction,
    ...statistics.summary(),
    forecast: forecastBand(foreseen[direction], foreseen.spread[direction], endMs),
  }));
};

/** How many stretches are computed between two readings of the clock. */
const STRETCHES_A_LOOK = 256;
