import { writeFileSync } from 'node:fs';

/** Writes a file that the user named; throws one line when that fails. */
export const writeText = (path: string, text: string): void => {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new Error(`cannot write ${path}: ${(error as Error).message}`);
  }
};
