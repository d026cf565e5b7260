/** The names of `count` nodes that are described together: the name itself for one, else numbered from 1. */
export const nodeNames = (name: string, count: number): readonly string[] =>
  count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
