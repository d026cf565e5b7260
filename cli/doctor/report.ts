import type { CountedCheck, Diagnosis } from './diagnose.ts';

/** The findings for people: what hinders first, then what is well, then what this host does without, then the verdict. */
export const doctorReport = ({ host, canRun, checks }: Diagnosis): readonly string[] => {
  const needed = checks.filter(({ counts }) => counts);
  const others = checks.filter(({ counts }) => !counts);
  const troubles = ORDER.flatMap((status) => needed.filter((check) => check.status === status));
  return [
    ...troubles.flatMap(withAdvice),
    ...needed.filter(({ status }) => status === 'ok').map(oneLine),
    ...(others.length === 0 ? [] : ['', `Not needed by ${host}:`, ...others.map(oneLine)]),
    '',
    `${host}: ${canRun ? canRunWith(troubles.length) : `cannot run: ${troubles[0]!.found}`}`,
  ];
};

const ORDER = ['fail', 'warning'] as const;
const STATUS_WIDTH = 'warning'.length;
const NAME_WIDTH = 'processor'.length;

const oneLine = ({ status, name, found }: CountedCheck): string =>
  `${status.padEnd(STATUS_WIDTH)}  ${name.padEnd(NAME_WIDTH)}  ${found}`;

const withAdvice = (check: CountedCheck): readonly string[] => {
  const indent = ' '.repeat(STATUS_WIDTH + NAME_WIDTH + 4);
  return [oneLine(check), `${indent}${check.means}`, ...(check.fix === null ? [] : [`${indent}fix: ${check.fix}`])];
};

const canRunWith = (warnings: number): string =>
  warnings === 0 ? 'can run' : `can run, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
