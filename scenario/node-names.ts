/** The names of `count` nodes that are described as one: its own, or numbered from 1. */
export const nodeNames = (name: string, count: number): readonly string[] =>
  count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
