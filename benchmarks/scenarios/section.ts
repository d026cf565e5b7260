import type { ScenarioStudy } from './study.ts';

/** A part of a document that a program writes, between two comments that name it. A new one comes in the order of names, or at the end. */
export const withSection = (document: string, name: string, lines: readonly string[]): string => {
  const [open, close] = [`<!-- study ${name} -->`, `<!-- end of ${name} -->`];
  const section = [open, ...lines, close].join('\n');
  const [from, to] = [document.indexOf(open), document.indexOf(close)];
  if (from !== -1 && to !== -1) return `${document.slice(0, from)}${section}${document.slice(to + close.length)}`;
  const next = [...document.matchAll(/^<!-- study (\S+) -->$/gm)].find(([, other]) => other! > name);
  if (next === undefined) return `${document.trimEnd()}\n\n${section}\n`;
  return `${document.slice(0, next.index)}${section}\n\n${document.slice(next.index)}`;
};

/** A line of the table under `head`, in the place of the one of the same first cell, or in the order of first cells. */
export const withRow = (document: string, head: readonly string[], row: string): string => {
  const lines = document.split('\n');
  const at = lines.findIndex((_, index) => head.every((one, offset) => lines[index + offset] === one));
  if (at === -1) return `${document.trimEnd()}\n\n${[...head, row].join('\n')}\n`;
  const from = at + head.length;
  const count = lines.slice(from).findIndex((line) => !line.startsWith('|'));
  const to = count === -1 ? lines.length : from + count;
  const firstCell = (line: string): string => line.split(' | ')[0]!;
  const others = lines.slice(from, to).filter((line) => firstCell(line) !== firstCell(row));
  const rows = [...others, row].sort((a, b) => (firstCell(a) < firstCell(b) ? -1 : 1));
  return [...lines.slice(0, from), ...rows, ...lines.slice(to)].join('\n');
};

/** What the section of a study says: the main one of a scenario with its question, others under a smaller heading. */
export const sectionOf = (
  name: string,
  study: ScenarioStudy,
  of: {
    readonly question: readonly string[];
    /** Sentences: the answer, and what policies do. */
    readonly answers: readonly string[];
    readonly table: readonly string[];
    readonly commit: string | null;
  },
): readonly string[] => {
  const isMain = `${name}.yaml` === study.scenario;
  return [
    isMain ? `## ${name}` : `### ${name}`,
    '',
    ...(isMain ? [...of.question.map((line) => `> ${line}`), ''] : []),
    ...of.answers.flatMap((answer) => [answer, '']),
    study.about.trim(),
    '',
    ...of.table,
    '',
    footer(study.seeds, of.commit),
  ];
};

/** What a section of all policies on a scenario says. */
export const policiesSectionOf = (
  scenario: string,
  of: {
    readonly why: string | null;
    readonly table: readonly string[];
    readonly seeds: number;
    readonly commit: string | null;
  },
): readonly string[] => [
  `## ${scenario}`,
  '',
  ...(of.why === null ? [] : [of.why, '']),
  ...of.table,
  '',
  footer(of.seeds, of.commit),
];

const footer = (seeds: number, commit: string | null): string =>
  `${seeds} seeds in virtual time, ± of 95 % intervals over them (Student's t)${seeds < LEAST_SEEDS ? `; too few for a verdict, which takes ${LEAST_SEEDS}` : ''}; commit ${commit ?? 'unknown'}.`;

/** Seeds that a verdict takes, as in reports. */
const LEAST_SEEDS = 10;

/** The question of a scenario: the three lines of its first comment, before one that is empty. */
export const questionOf = (scenario: string): readonly string[] => {
  const lines = scenario.split('\n').filter((line) => !line.startsWith('# yaml-language-server:'));
  const from = lines.findIndex((line) => /^# ./.test(line));
  const count = lines.slice(from).findIndex((line) => !/^# ./.test(line));
  return lines.slice(from, from + count).map((line) => line.slice(2));
};
