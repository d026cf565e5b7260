import type { Table } from '../links/table.ts';
import type { OfferedLoad } from './offered-load.ts';
import type { Outlook } from './outlook.ts';
import { causesOf, lengthOf } from './outlook-warnings.ts';
import { shareText } from './share-text.ts';

/** One row a path: when it is up, its longest outage, and why it is down. */
export const uptimeTable = ({ paths }: Pick<Outlook, 'paths'>): Table => ({
  columns: [
    { title: 'path', align: 'left' },
    { title: 'up', align: 'right' },
    { title: 'longest outage', align: 'left' },
    { title: 'down because of', align: 'left' },
  ],
  rows: [...paths].map(([path, uptime]) => {
    const { upShare, longestOutage, isSampled } = uptime;
    return [
      path,
      isSampled ? `~${shareText(upShare, 1)}` : shareText(upShare),
      longestOutage === null ? '-' : lengthOf(longestOutage),
      longestOutage === null ? '-' : causesOf(uptime),
    ];
  }),
});

/** One row a node: what it serves, and how busy it is under an even and under the best split. */
export const loadTable = ({ nodes, bestLoad }: OfferedLoad): Table => ({
  columns: [
    { title: 'node', align: 'left' },
    { title: 'serves', align: 'right' },
    { title: 'at a time', align: 'right' },
    { title: 'bound by', align: 'left' },
    { title: 'even split', align: 'right' },
    { title: 'best split', align: 'right' },
  ],
  rows: nodes.map(({ node, servedPerS, sequences, boundBy, evenLoad }) => [
    node,
    `${servedPerS.toFixed(1)}/s`,
    sequences.toFixed(0),
    BOUNDS[boundBy],
    evenLoad === null ? '-' : evenLoad.toFixed(2),
    bestLoad === null || evenLoad === null || evenLoad === 0 ? '-' : bestLoad.toFixed(2),
  ]),
});

const BOUNDS: Readonly<Record<OfferedLoad['nodes'][number]['boundBy'], string>> = {
  sequences: 'maxNumSeqs',
  'kv-cache': 'KV cache',
  'step-tokens': 'maxNumBatchedTokens',
  'tokens-per-minute': 'tokensPerMinute',
  'api-servers': 'apiServers',
  'too-long': 'KV cache',
};
