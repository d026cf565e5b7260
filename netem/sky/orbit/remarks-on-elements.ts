import type { ConstellationConfig } from './constellation-schema.ts';
import { elementsOf } from './elements.ts';
import { elementsCount, elementsRemarks } from './elements-count.ts';

/** What a person should know of the elements of a constellation at an instant, in lines; none for shells. */
export const remarksOnElements = (config: ConstellationConfig, unixMs: number): readonly string[] => {
  const sets = elementsOf(config);
  return sets.length === 0 ? [] : elementsRemarks(elementsCount(sets, unixMs));
};
