import { once } from 'node:events';

/**
 * Writes lines to standard output, many at once, no faster than the reader takes them. Returns false when the reader is
 * gone, as `head` is after some lines: the rest is then not computed.
 */
export const writeLines = async (lines: Iterable<string>): Promise<boolean> => {
  const { stdout } = process;
  let isGone = false;
  const onError = (): void => {
    isGone = true; // what is more than a reader who has enough is told in main.ts
  };
  stdout.on('error', onError);
  const write = async (text: string): Promise<void> => {
    if (stdout.write(text)) return;
    await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => {});
  };
  let buffered = '';
  for (const line of lines) {
    buffered += `${line}\n`;
    if (buffered.length < BUFFERED_CHARACTERS) continue;
    await write(buffered);
    buffered = '';
    if (isGone) return false;
  }
  await write(buffered);
  return !isGone;
};

const BUFFERED_CHARACTERS = 1 << 14;
