/** Counters of one name in the text format of Prometheus; those that are 0 too, so that the first event shows as a rise. */
export const counterText = (
  { name, help }: { readonly name: string; readonly help: string },
  values: Iterable<readonly [labels: string, value: number]>,
): string => {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} counter`];
  for (const [labels, value] of values) lines.push(`${name}{${labels}} ${value}`);
  return `${lines.join('\n')}\n`;
};
