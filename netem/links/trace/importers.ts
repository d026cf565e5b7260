import { type MistakeAt, quotedValue } from '../../../core/text/text-lines.ts';
import { delayTrace } from './delay-trace.ts';
import { type Imported, type Importer, type ImportOptions, mistakesIn } from './importer.ts';
import { irttJson } from './irtt-json.ts';
import { pingLog } from './ping-log.ts';
import { probeCsv } from './probe-csv.ts';
import { rateTrace } from './rate-trace.ts';

/** Every format of recorded links. To add one: a file in this folder, and a line here. */
const IMPORTERS: readonly Importer[] = [probeCsv, pingLog, irttJson, delayTrace, rateTrace];

/** What a scenario may say the format of a recording is; `auto` has it known by its content. */
export const RECORDING_FORMATS = ['auto', ...IMPORTERS.map(({ name }) => name)] as [string, ...string[]];

/** The recording in `text`. @throws ConfigError with the place of the first mistake, also for a text of no or of two formats. */
export const importRecording = (text: string, format: string, options: ImportOptions): Imported =>
  importerOf(text, format, options.file).read(text, options);

const importerOf = (text: string, format: string, file: string): Importer => {
  const named = IMPORTERS.find(({ name }) => name === format);
  if (named !== undefined) return named;
  const start = text.slice(0, START_CHARACTERS);
  const fitting = IMPORTERS.filter((importer) => importer.recognises(start, text));
  const wrong = mistakesIn(file);
  if (fitting.length > 1) {
    const [what, names] = [fitting.map((one) => one.what), fitting.map(({ name }) => name)];
    throw wrong(1, `is ${what.join(', or ')}: say which, with format: ${names.join(' or ')}`);
  }
  if (fitting.length === 0) {
    throw unknown(start, wrong);
  }
  return fitting[0]!;
};

/** What is wrong with a text of no known format: its first line, or the first that is no number among numbers. */
const unknown = (start: string, wrong: MistakeAt): Error => {
  const lines = start.split('\n').map((line, index) => ({ text: line.trim(), number: index + 1 }));
  const [first, ...others] = lines.filter(({ text }) => text !== '' && !text.startsWith('#'));
  if (first === undefined) return wrong(1, 'is empty, expected a recording');
  const strangers = [first, ...others].filter(({ text }) => !/^\d+(\.\d*)?$/.test(text));
  const stranger = strangers[0];
  if (stranger !== undefined && strangers.length <= others.length / 2)
    return wrong(stranger.number, `is ${quotedValue(stranger.text)}, expected a number as on most other lines`);
  const known = IMPORTERS.map(({ what }) => what).join(', ');
  return wrong(first.number, `starts with ${quotedValue(first.text)}, expected ${known}`);
};

const START_CHARACTERS = 1 << 16;
