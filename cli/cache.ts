import { Command } from 'commander';
import { cacheFolder } from '../core/config/io/cache-folder.ts';
import { textTable } from '../report/text-table.ts';
import { GeometryCache } from '../scenario/io/geometry-cache.ts';

export const cacheCommand = (command: Command): Command =>
  command
    .action(() => {
      const cache = opened();
      process.stdout.write(`${cache === null ? NONE : linesOf(cache).join('\n')}\n`);
    })
    .addCommand(
      new Command('clear').description('Remove all of it.').action(() => {
        const cache = opened();
        process.stdout.write(
          cache === null ? `${NONE}\n` : `removed ${mebibytes(cache.clear())} from ${cache.folder}\n`,
        );
      }),
    );

const opened = (): GeometryCache | null => {
  const folder = cacheFolder();
  return folder === null ? null : new GeometryCache(folder);
};

const NONE = 'nothing is kept: STARLANE_CACHE is none, or no folder can be made';

const linesOf = (cache: GeometryCache): readonly string[] => {
  const entries = cache.entries();
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const head = `${cache.folder}: ${entries.length} kept, ${mebibytes(bytes)} of at most ${mebibytes(cache.mostBytes)}`;
  if (entries.length === 0) return [head];
  return [
    head,
    '',
    ...textTable(
      [
        { title: 'ways through space of', align: 'left' },
        { title: 'ways', align: 'right' },
        { title: 'size', align: 'right' },
        { title: 'last used', align: 'left' },
      ],
      entries.map((entry) => {
        const known = cache.head(entry);
        const usedAt = new Date(entry.usedAtUnixMs).toISOString().slice(0, 19);
        return [known?.what ?? 'broken', `${known?.ways.length ?? 0}`, mebibytes(entry.bytes), `${usedAt}Z`];
      }),
    ),
  ];
};

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
