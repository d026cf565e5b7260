import { writeFileSync } from 'node:fs';
import { allCities } from '../../report/links/io/cities.ts';
import { planetScenario } from './planet-scenario.ts';

// Writes scenarios/planet.yaml: part of `npm run generate`.
writeFileSync(new URL('../planet.yaml', import.meta.url), planetScenario(allCities()));
