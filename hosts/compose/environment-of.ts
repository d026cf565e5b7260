/** The variables of a container, of which Docker tells a line each: `NAME=value`. */
export const environmentOf = (lines: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(lines.map((line) => [line.split('=', 1)[0]!, line.replace(/^[^=]*=/, '')]));
