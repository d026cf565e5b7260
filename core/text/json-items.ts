// Files of hundreds of megabytes: one item is parsed at a time, so memory stays that of the text.
import type { MistakeAt } from './text-lines.ts';

/** One value of a JSON array, and the line on which it starts. */
export interface JsonItem {
  readonly line: number;
  readonly value: unknown;
}

/**
 * The values of an array in the JSON text `text`: the array that is the text itself, or with `key` the array of that name in the
 * object that is the text. A text that is one object counts as an array of it. Throws what `mistakeAt` makes of the first mistake.
 */
export function* jsonItems(text: string, mistakeAt: MistakeAt, key?: string): Generator<JsonItem> {
  const lineOf = lineCounter(text);
  const start = skipSpace(text, text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0);
  if (key === undefined && text[start] === '{') {
    const end = endOf(text, start);
    if (end === -1) throw mistakeAt(lineOf(text.length), 'ends in the middle of a value, expected complete JSON');
    yield { line: lineOf(start), value: parsed(text, start, end, lineOf(start), mistakeAt) };
    return;
  }
  let at = key === undefined ? start : valueOfKey(text, start, key);
  if (at === -1 || text[at] !== '[') {
    const expected = key === undefined ? 'a JSON array' : `a JSON object with the array "${key}"`;
    throw mistakeAt(1, `is not as expected: ${expected}`);
  }
  for (at = skipSpace(text, at + 1); text[at] !== ']'; ) {
    const end = at >= text.length ? -1 : endOf(text, at);
    if (end === -1) throw mistakeAt(lineOf(text.length), 'ends in the middle of a value, expected complete JSON');
    const line = lineOf(at);
    yield { line, value: parsed(text, at, end, line, mistakeAt) };
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
    else if (text[at] !== ']') throw mistakeAt(lineOf(at), 'is not JSON: expected a comma or the end of the array');
  }
}

const BYTE_ORDER_MARK = 0xfeff;

/** Where the value of `key` starts, in the object that starts at `at`; -1 when it has no such key, or is no object. */
const valueOfKey = (text: string, at: number, key: string): number => {
  if (text[at] !== '{') return -1;
  const quotedKey = JSON.stringify(key);
  for (let from = skipSpace(text, at + 1); text[from] === '"'; ) {
    const keyEnd = endOf(text, from);
    const colon = keyEnd === -1 ? -1 : skipSpace(text, keyEnd);
    if (colon === -1 || text[colon] !== ':') return -1;
    const value = skipSpace(text, colon + 1);
    if (text.slice(from, keyEnd) === quotedKey) return value;
    const end = endOf(text, value);
    if (end === -1) return -1;
    const comma = skipSpace(text, end);
    from = text[comma] === ',' ? skipSpace(text, comma + 1) : text.length;
  }
  return -1;
};

const parsed = (text: string, from: number, to: number, line: number, mistakeAt: MistakeAt): unknown => {
  try {
    return JSON.parse(text.slice(from, to));
  } catch {
    throw mistakeAt(
      line,
      `is not JSON, in the value that starts with ${text.slice(from, from + 20).split('\n', 1)[0]}`,
    );
  }
};

/** Just behind the JSON value that starts at `at`; -1 when it has no end. What is inside is not checked. */
const endOf = (text: string, at: number): number => {
  let depth = 0;
  for (let index = at; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = text.indexOf('"', index + 1);
      while (index !== -1 && isEscaped(text, index)) index = text.indexOf('"', index + 1);
      if (index === -1) return -1;
      if (depth === 0) return index + 1;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++;
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      if (depth === 0) return index; // the end of a number or a word
      if (--depth === 0) return index + 1;
    } else if (depth === 0 && (code === COMMA || code <= SPACE)) return index;
  }
  return depth === 0 ? text.length : -1;
};

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;
const BACKSLASH = 0x5c;

const isEscaped = (text: string, quote: number): boolean => {
  let before = quote;
  while (text.charCodeAt(before - 1) === BACKSLASH) before--;
  return (quote - before) % 2 === 1;
};

const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= SPACE) at++;
  return at;
};

/** The number of the line of an offset; offsets must not go back. */
const lineCounter = (text: string): ((offset: number) => number) => {
  let line = 1;
  let counted = -1;
  return (offset) => {
    for (;;) {
      const end = text.indexOf('\n', counted + 1);
      if (end === -1 || end >= offset) return line;
      counted = end;
      line++;
    }
  };
};
