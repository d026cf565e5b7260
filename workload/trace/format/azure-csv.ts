import { quotedValue } from '../../../core/text/text-lines.ts';
import { tokensInCell } from './row-values.ts';
import { type LineFormat, RowMistake } from './trace-format.ts';

const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens';

/**
 * The LLM inference traces of Azure. That of 2023 has instants without an offset and seven digits of a second; those of 2024 have six digits, or none where
 * they would be zeros, and an offset: `2024-05-10 00:00:00.009930+00:00`. All are UTC.
 * Source: github.com/Azure/AzurePublicDataset, AzureLLMInferenceDataset2023.md and AzureLLMInferenceDataset2024.md (CC-BY 4.0).
 */
export const azureCsv: LineFormat = {
  kind: 'lines',
  name: 'azure',
  what: `a trace of Azure (${HEADER})`,
  recognises: (start) => start.split(/\r?\n/, 1)[0]!.trim() === HEADER,
  hasHeader: true,
  columns: (header) => {
    if (header.trim() !== HEADER) throw new RowMistake(`is ${quotedValue(header)}, expected the header ${HEADER}`);
    return {
      blockTokens: null,
      row: (line) => {
        const [timestamp = '', prompt = '', output = ''] = line.split(',');
        return {
          atS: secondsOf(timestamp),
          promptTokens: tokensInCell(prompt, 'ContextTokens'),
          outputTokens: tokensInCell(output.trimEnd(), 'GeneratedTokens'),
        };
      },
    };
  },
};

/** Seconds since 1970 with every digit of the fraction. */
const secondsOf = (timestamp: string): number => {
  const [, date, time, fraction = '0', offset = 'Z'] = INSTANT.exec(timestamp) ?? [];
  const wholeMs = Date.parse(`${date}T${time}${offset}`);
  if (Number.isNaN(wholeMs)) {
    throw new RowMistake(
      `starts with ${quotedValue(timestamp)}, expected an instant such as 2024-05-10 00:00:00.009930+00:00`,
    );
  }
  return wholeMs / 1000 + Number(`0.${fraction}`);
};

const INSTANT = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/;
