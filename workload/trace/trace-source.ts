/** The text of a trace, line by line. */
export interface TraceSource {
  /** As messages name it. */
  readonly file: string;
  /** The first characters: some lines. */
  readonly start: string;
  /** Lines without their ends. With `isBefore`, and where lines are in order, those before may be left out; the first `headLines` never are. */
  lines(skip?: { readonly headLines: number; isBefore(line: string): boolean }): Iterable<string>;
  /** The number, from 1, of the line that was given last. */
  lineNumber(): number;
  /** The whole text. Throws `ConfigError` where it is too long for that. */
  text(): string;
}

/** A text in memory. */
export const textSource = (text: string, file: string): TraceSource => {
  let number = 0;
  return {
    file,
    start: text.slice(0, START_CHARACTERS),
    *lines() {
      number = 0;
      for (let from = 0; from < text.length; ) {
        const end = text.indexOf('\n', from);
        const to = end === -1 ? text.length : end;
        number++;
        yield withoutReturn(text.slice(from, to));
        from = to + 1;
      }
    },
    lineNumber: () => number,
    text: () => text,
  };
};

/** A line without the first half of `\r\n`. */
export const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

/** So much of a file tells its format. */
export const START_CHARACTERS = 1 << 16;
