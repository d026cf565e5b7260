import type { DeadPath } from '../scenario/paths-never-up.ts';

/** One line for a person to read. */
export const deadPathLine = ({ path, because }: DeadPath): string => `path ${path} is never up in this run: ${because}`;
