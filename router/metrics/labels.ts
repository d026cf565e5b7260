/** Labels as Prometheus writes them, without braces. */
export const labelsOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`)
    .join(',');

/** What follows the name of a metric: all those labels in braces, or nothing where there are none. */
export const labelled = (...parts: readonly string[]): string => {
  const written = parts.filter((part) => part !== '').join(',');
  return written === '' ? '' : `{${written}}`;
};
