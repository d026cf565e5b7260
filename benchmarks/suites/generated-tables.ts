/** The text between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` replaced by `table`. Null where the document has no such place. */
export const withTable = (document: string, name: string, table: string): string | null => {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const from = document.indexOf(begin);
  const until = document.indexOf(end, from);
  if (from < 0 || until < 0) return null;
  return `${document.slice(0, from + begin.length)}\n\n${table}\n\n${document.slice(until)}`;
};
