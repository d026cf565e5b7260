import type { TextLook } from '../report/sky/map-text.ts';

/** What a terminal can show, by the usual variables: `LC_ALL`, `LC_CTYPE`, `LANG`, `NO_COLOR`, `TERM`. Only a terminal has colours. */
export const terminalLook = (
  env: Readonly<Record<string, string | undefined>>,
  { isTerminal }: { readonly isTerminal: boolean },
): TextLook => {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '') ?? '';
  const wantsNone = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  return { isUnicode: /utf-?8/i.test(locale), hasColour: isTerminal && !wantsNone };
};
