import { z } from 'zod';

/** What can carry the bytes of a live router, by the name that configurations use; `router/io/data-paths.ts` makes them. */
export const dataPathNames = ['frames', 'node-http2'] as const;

export type DataPathName = (typeof dataPathNames)[number];

/** What carries them where nobody says. */
export const DEFAULT_DATA_PATH: DataPathName = 'frames';

export const dataPathSchema = z
  .enum(dataPathNames)
  .default(DEFAULT_DATA_PATH)
  .describe(
    'What carries the bytes of a live router: our own HTTP/2 frames, or the HTTP/2 of Node.js, the reference to compare with.',
  );
