import { writeFileSync } from 'node:fs';

/** Writes a file the user named, and throws one line when that cannot be. */
export const writeText = (path: string, text: string): void => {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new Error(`cannot write ${path}: ${(error as Error).message}`);
  }
};
