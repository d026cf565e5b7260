import { csvCells } from '../../../core/text/csv-cells.ts';
import { csvLine } from '../../../core/text/csv-line.ts';
import { quotedValue } from '../../../core/text/text-lines.ts';
import type { Trace } from '../trace.ts';
import { tokensInCell } from './row-values.ts';
import { type LineFormat, RowMistake } from './trace-format.ts';

const NEEDED = 'atS,promptTokens,outputTokens';

/**
 * Our own format, for traces of your own and for windows beside a result: seconds and tokens, then if wanted `session`, and `blocks512` (or another size): the
 * numbers of the blocks of the prompt, with spaces between them.
 */
export const rowsCsv: LineFormat = {
  kind: 'lines',
  name: 'rows',
  what: `rows (${NEEDED})`,
  recognises: (start) => start.startsWith(NEEDED),
  hasHeader: true,
  columns: (header) => {
    const columns = csvCells(header);
    const blocksAt = columns.findIndex((column) => BLOCKS.test(column));
    const sessionAt = columns.indexOf('session');
    const others = columns.slice(3).filter((column) => column !== 'session' && !BLOCKS.test(column));
    if (columns.slice(0, 3).join(',') !== NEEDED || others.length > 0)
      throw new RowMistake(`is ${quotedValue(header)}, expected ${NEEDED}, and then only session and blocks512`);
    return {
      blockTokens: blocksAt < 0 ? null : Number(BLOCKS.exec(columns[blocksAt]!)![1]),
      row: (line) => {
        const cells = csvCells(line);
        const [at = '', prompt = '', output = ''] = cells;
        const atS = Number(at);
        if (at === '' || !Number.isFinite(atS))
          throw new RowMistake(`has atS ${quotedValue(at)}, expected a number of seconds`);
        return {
          atS,
          promptTokens: tokensInCell(prompt, 'promptTokens'),
          outputTokens: tokensInCell(output, 'outputTokens'),
          ...(sessionAt < 0 ? {} : { session: cells[sessionAt] ?? '' }),
          ...(blocksAt < 0 ? {} : { blocks: blocksIn(cells[blocksAt] ?? '') }),
        };
      },
    };
  },
};

const BLOCKS = /^blocks(\d{1,6})$/;

const blocksIn = (cell: string): readonly number[] => {
  if (cell === '') return [];
  return cell.split(' ').map((text) => {
    const id = Number(text);
    if (text === '' || !Number.isSafeInteger(id))
      throw new RowMistake(`has a block ${quotedValue(text)}, expected whole numbers with a space between them`);
    return id;
  });
};

/** A trace in this format. Read again, it is equal, number by number; its remarks are comments at the top. */
export const rowsText = ({ arrivalS, promptTokens, outputTokens, sessions, blocks, remarks }: Trace): string => {
  const header = [
    ...NEEDED.split(','),
    ...(sessions === null ? [] : ['session']),
    ...(blocks === null ? [] : [`blocks${blocks.blockTokens}`]),
  ];
  const lines = remarks.map((remark) => `# ${remark}\r\n`);
  lines.push(csvLine(header));
  for (let row = 0; row < arrivalS.length; row++) {
    const cells: (string | number)[] = [arrivalS[row]!, promptTokens[row]!, outputTokens[row]!];
    if (sessions !== null) cells.push(sessions[row]!);
    if (blocks !== null) cells.push(blocks.ids.subarray(blocks.starts[row], blocks.starts[row + 1]).join(' '));
    lines.push(csvLine(cells));
  }
  return lines.join('');
};
