import { type AssumptionsOf, numberOf, yamlOf } from './assumption.ts';
import { usesLasers } from './used-media.ts';

/** The traffic of others on the lasers, where the scenario says nothing of it. */
export const laserLoad: AssumptionsOf = (scenario) => {
  const { network, durationS, drainS } = scenario;
  if (!usesLasers(scenario) || network.laser.congestion.kind !== 'none') return [];
  return [
    {
      name: 'laser-load',
      title: 'ms that others’ traffic adds to a laser path one way, at least',
      usual: '0',
      values: ['5', '20'],
      source: 'an assumption: no operator has published the load of lasers',
      set: (value) => {
        const queueUs = 1000 * numberOf(value, { name: 'laser-load', least: 0, most: 1000 });
        // Half of it more varies; one packet in a thousand finds the queue full, as where a scenario names a congestion.
        const window = { fromS: 0, toS: durationS + drainS, queueUs, jitterUs: queueUs / 4, lossRate: 0.001 };
        return [`network.laser.congestion=${yamlOf({ kind: 'windows', windows: [window] })}`];
      },
    },
  ];
};
