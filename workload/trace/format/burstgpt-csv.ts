import { csvCells } from '../../../core/text/csv-cells.ts';
import { quotedValue } from '../../../core/text/text-lines.ts';
import { tokensInCell } from './row-values.ts';
import { type LineFormat, RowMistake } from './trace-format.ts';

const NEEDED = ['Timestamp', 'Request tokens', 'Response tokens'] as const;

/**
 * BurstGPT: seconds since midnight of the first day; failed requests have 0 response tokens. The columns are found by name: the third file has
 * `Session ID` and `Elapsed time` too, and calls by API have no session.
 * Source: github.com/HPMLL/BurstGPT, README.md and release 2.0 (CC-BY 4.0).
 */
export const burstgptCsv: LineFormat = {
  kind: 'lines',
  name: 'burstgpt',
  what: `a trace of BurstGPT (a header with ${NEEDED.join(', ')})`,
  recognises: (start) => {
    const columns = csvCells(start.split(/\r?\n/, 1)[0]!);
    return NEEDED.every((column) => columns.includes(column));
  },
  hasHeader: true,
  columns: (header) => {
    const columns = csvCells(header);
    const missing = NEEDED.find((column) => !columns.includes(column));
    if (missing !== undefined) throw new RowMistake(`is ${quotedValue(header)}, expected a header with ${missing}`);
    const [time, prompt, output] = NEEDED.map((column) => columns.indexOf(column)) as [number, number, number];
    const session = columns.indexOf('Session ID');
    return {
      blockTokens: null,
      row: (line) => {
        const cells = csvCells(line);
        const timestamp = cells[time] ?? '';
        const atS = Number(timestamp);
        if (timestamp === '' || !Number.isFinite(atS))
          throw new RowMistake(`has Timestamp ${quotedValue(timestamp)}, expected a number of seconds`);
        const row = {
          atS,
          promptTokens: tokensInCell(cells[prompt] ?? '', NEEDED[1]),
          outputTokens: tokensInCell(cells[output] ?? '', NEEDED[2]),
        };
        return session < 0 ? row : { ...row, session: cells[session] ?? '' };
      },
    };
  },
};
