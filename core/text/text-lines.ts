/**
 * Calls `visit` with each line of `text`, without its end (`\n` or `\r\n`), its number, from 1, and whether it has no end: it may be
 * cut. A large text is not copied.
 */
export const eachLine = (text: string, visit: (line: string, number: number, isOpen: boolean) => void): void => {
  let number = 0;
  for (let from = 0; from <= text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end === -1 ? text.length : end;
    const isReturned = to > from && text.charCodeAt(to - 1) === RETURN;
    visit(text.slice(from, isReturned ? to - 1 : to), ++number, end === -1);
    from = to + 1;
  }
};

const RETURN = 13;

/** Makes the error for a mistake in a text, from the number of its line, counted from 1, and what is wrong there. */
export type MistakeAt = (line: number, message: string) => Error;

/** What a person is shown of a value: in quotes, and not more than 40 characters of it. */
export const quotedValue = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return `"${text.length > 40 ? `${text.slice(0, 37)}...` : text}"`;
};
