import type { ScenarioStudy } from './study.ts';

/** A part of a document that a program writes, between two comments that name it. */
export const withSection = (document: string, name: string, lines: readonly string[]): string => {
  const [open, close] = [`<!-- study ${name} -->`, `<!-- end of ${name} -->`];
  const section = [open, ...lines, close].join('\n');
  const [from, to] = [document.indexOf(open), document.indexOf(close)];
  if (from === -1 || to === -1) return `${document.trimEnd()}\n\n${section}\n`;
  return `${document.slice(0, from)}${section}${document.slice(to + close.length)}`;
};

/** What the section of a study says. */
export const sectionOf = (
  study: ScenarioStudy,
  of: { readonly questions: readonly string[]; readonly table: readonly string[]; readonly commit: string | null },
): readonly string[] => [
  `## ${study.scenario.replace(/\.yaml$/, '')}`,
  '',
  ...of.questions.map((question) => `- ${question}`),
  '',
  study.about,
  '',
  ...of.table,
  '',
  `${study.seeds} seeds in virtual time, ± of 95 % intervals over them (Student's t); commit ${of.commit ?? 'unknown'}.`,
];

/** The questions that a scenario asks: lines of its first comment that end with a question mark. */
export const questionsIn = (scenario: string): readonly string[] =>
  scenario
    .split('\n')
    .filter((line) => /^# .*\?$/.test(line))
    .map((line) => line.slice(2));
