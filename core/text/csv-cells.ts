/** The cells of one line of CSV, trimmed. A cell in double quotes may hold commas, and a doubled quote is a quote (RFC 4180). */
export const csvCells = (line: string): readonly string[] => {
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim());
  const cells: string[] = [];
  for (const [, quoted, plain] of `${line},`.matchAll(/\s*(?:"((?:[^"]|"")*)"\s*|([^,]*)),/g)) {
    cells.push(quoted === undefined ? plain!.trim() : quoted.replaceAll('""', '"').trim());
  }
  return cells;
};
