import type { ConstellationConfig } from './constellation-schema.ts';

/** The constellation and the mode that computes it, as results name them: `starlink-gen1, physical`. */
export const constellationName = ({ preset, shells, tle, parity, lasers }: ConstellationConfig): string => {
  const own = tle !== undefined ? 'two-line elements' : shells !== undefined ? 'own shells' : preset;
  const mode = parity === 'hypatia' ? 'parity with Hypatia' : 'physical';
  return lasers ? `${own}, ${mode}` : `${own}, ${mode}, no lasers`;
};
