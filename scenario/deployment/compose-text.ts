import { SUBNETS } from './subnets.ts';

/** The subnet of a network: a variable of the compose file, with its default. */
export const subnetVariable = (network: keyof typeof SUBNETS): string =>
  `\${STARLANE_${network.toUpperCase()}_SUBNET:-${SUBNETS[network]}}`;

/** A name, in quotes if YAML would read it as a number, a boolean or null. */
export const word = (name: string): string =>
  /^(\d.*|y|n|yes|no|on|off|true|false|null)$/.test(name) ? quoted(name) : name;

/** Quoted for YAML and for `docker compose`, where a literal dollar sign is written twice. */
export const quoted = (text: string): string => JSON.stringify(text.replaceAll('$', '$$$$'));
