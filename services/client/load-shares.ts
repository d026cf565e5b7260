/**
 * Which clients each of `processes` processes of a load sends for, so that their weights are about equal: the heaviest first, each to the
 * process that has least. No process is without a client.
 */
export const loadShares = (
  clients: readonly { readonly name: string; readonly share: number }[],
  processes: number,
): readonly (readonly string[])[] => {
  const shares = Array.from({ length: Math.min(processes, clients.length) }, () => ({
    names: [] as string[],
    weight: 0,
  }));
  for (const { name, share } of clients.toSorted((a, b) => b.share - a.share)) {
    const least = shares.reduce((a, b) => (b.weight < a.weight ? b : a));
    least.names.push(name);
    least.weight += share;
  }
  return shares.map(({ names }) => names);
};
