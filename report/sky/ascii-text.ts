/** A line for a terminal that shows ASCII alone: accents are left out, dashes and rules become `-`, and what is left `?`. */
export const asciiText = (line: string): string =>
  line
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[\p{Dash}─]/gu, '-')
    .replace(/\P{ASCII}/gu, '?');
