import type { ConstellationConfig } from './constellation-schema.ts';

/** Name of the constellation and its mode, as printed in results: `starlink-gen1, physical`. */
export const constellationName = ({
  preset,
  shells,
  tle,
  elementsFile,
  parity,
  lasers,
}: ConstellationConfig): string => {
  const own =
    elementsFile !== undefined
      ? `elements of ${elementsFile}`
      : tle !== undefined
        ? 'two-line elements'
        : shells !== undefined
          ? 'own shells'
          : preset;
  const mode = parity === 'hypatia' ? 'parity with Hypatia' : 'physical';
  return lasers ? `${own}, ${mode}` : `${own}, ${mode}, no lasers`;
};
