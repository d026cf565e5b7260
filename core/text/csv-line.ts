/** One line of CSV with its end, CRLF (RFC 4180). Text with a comma, a quote or a line end is quoted; NaN is an empty cell. */
export const csvLine = (cells: readonly (string | number)[]): string => `${cells.map(cellText).join(',')}\r\n`;

const cellText = (cell: string | number): string => {
  if (typeof cell === 'number') return Number.isNaN(cell) ? '' : `${cell}`;
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
};
