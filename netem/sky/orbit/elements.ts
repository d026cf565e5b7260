import { ConfigError } from '../../../core/config/config-error.ts';
import type { MistakeAt } from '../../../core/text/text-lines.ts';
import type { ElementSet } from './element-set.ts';
import { parseOmmCsv, parseOmmJson } from './omm.ts';
import { parseTle } from './tle.ts';

/** Where a list of elements comes from: as the keys of `network.constellation`. */
export interface ElementsSource {
  /** The text of the list. */
  readonly tle?: string | undefined;
  /** The file that the text was read from; none where it is in the scenario. */
  readonly elementsFile?: string | undefined;
}

/** What a text without elements is told to be. */
const ELEMENTS_FORMS = 'two-line elements (TLE, 3LE), or OMM as CSV or JSON';

/**
 * The satellites of a list, in order: two-line elements, or OMM in CSV or JSON, known by their content. None where the source has
 * no text. The last list is kept, because several parts of a run lay out the same constellation.
 * @throws ConfigError with the line of the first mistake.
 */
export const elementsOf = ({ tle: text, elementsFile: file }: ElementsSource): readonly ElementSet[] => {
  if (text === undefined) {
    if (file !== undefined) throw new Error(`the elements in ${file} were not read`);
    return [];
  }
  if (last?.text !== text || last.file !== file) last = { text, file, sets: parsed(text, file) };
  return last.sets;
};

let last: { readonly text: string; readonly file: string | undefined; readonly sets: readonly ElementSet[] } | null =
  null;

const parsed = (text: string, file: string | undefined): readonly ElementSet[] => {
  const mistakeAt: MistakeAt = (line, message) =>
    file === undefined
      ? new ConfigError('network.constellation.tle', `line ${line} ${message}`)
      : new ConfigError('', message, { file, line, column: 1 });
  if (text.trim() === '') throw mistakeAt(1, `is empty, expected ${ELEMENTS_FORMS}`);
  const form = elementsForm(text);
  if (form === 'other') {
    const refusal = foreign(text);
    throw file === undefined ? new ConfigError('network.constellation.tle', refusal) : mistakeAt(1, refusal);
  }
  const sets = READERS[form](text, mistakeAt);
  if (sets.length === 0) throw mistakeAt(1, `holds no satellite, expected ${ELEMENTS_FORMS}`);
  return withoutOlder(sets);
};

const READERS = { tle: parseTle, 'omm-csv': parseOmmCsv, 'omm-json': parseOmmJson } as const;

/** What a text looks like. `other` holds no elements. */
const elementsForm = (text: string): keyof typeof READERS | 'other' => {
  const start = text.slice(0, 4096).trimStart();
  if (/^[[{]/.test(start)) return /"mean_motion"/i.test(text) || /^\[\s*\]/.test(start) ? 'omm-json' : 'other';
  const header = start.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  if (/(^|[,"])mean_motion["\s]*(,|$)/i.test(header)) return 'omm-csv';
  return /^\s*1 [ \dA-Z]{5}/m.test(text) ? 'tle' : 'other';
};

/** Whether a text is a list of elements, or one of the forms of lists that are refused. */
export const isElementsText = (text: string): boolean =>
  elementsForm(text) !== 'other' || /^\s*(<|CCSDS_OMM_VERS\s*=)/.test(text.slice(0, 4096));

const foreign = (text: string): string => {
  const start = text.slice(0, 200).trimStart();
  if (start.startsWith('<')) return `is XML or HTML, which is not read; expected ${ELEMENTS_FORMS}`;
  if (/^CCSDS_OMM_VERS\s*=/m.test(start)) return `is OMM as key = value, which is not read; expected ${ELEMENTS_FORMS}`;
  return `holds no satellite, expected ${ELEMENTS_FORMS}`;
};

/**
 * Marks elements of which the list has newer ones, or the same once more: a history of one satellite, or two lists put together, are
 * not many satellites. Lists that somebody made up may number all satellites alike, at one epoch: those are told by their orbits.
 */
const withoutOlder = (sets: readonly ElementSet[]): readonly ElementSet[] => {
  const newest = new Map<number, number>();
  for (const { catalogNumber, epochUnixMs } of sets)
    newest.set(catalogNumber, Math.max(epochUnixMs, newest.get(catalogNumber) ?? Number.NEGATIVE_INFINITY));
  const known = new Set<string>();
  return sets.map((set) => {
    if (set.catalogNumber === 0) return set;
    const { orbit, epochUnixMs, catalogNumber } = set;
    const identity = [catalogNumber, epochUnixMs, orbit.nodeo, orbit.inclo, orbit.argpo, orbit.mo].join(' ');
    const isSuperseded = epochUnixMs < newest.get(catalogNumber)! || known.has(identity);
    known.add(identity);
    return isSuperseded ? { ...set, isSuperseded } : set;
  });
};
