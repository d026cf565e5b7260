import { ConfigError } from '../core/config/config-error.ts';
import { suggestion } from '../core/config/nearest.ts';
import type { EndpointPlan, Topology } from './topology.ts';

/**
 * The path of a scenario that leads to an endpoint which somebody else serves: the one of its name (`ashburn-1/laser`), or the one over
 * its medium to the node of its name (`ashburn-1`). Throws `ConfigError` for a name that the scenario does not have.
 */
export const emulatedEndpoint = (
  { endpoints, nodes }: Topology,
  { name, medium }: { readonly name: string; readonly medium: string },
): EndpointPlan => {
  const ofNode = endpoints.filter(({ node }) => node === name);
  const overMedium = ofNode.filter((path) => path.medium === medium);
  const found = endpoints.find((path) => path.name === name) ?? (overMedium.length === 1 ? overMedium[0] : undefined);
  if (found !== undefined) return found;
  const path = `endpoints.${name}`;
  if (overMedium.length > 1) {
    const paths = overMedium.map((one) => one.name).join(', ');
    throw new ConfigError(path, `is a node to which several routers of the scenario lead; expected one of ${paths}`);
  }
  if (ofNode.length > 0) {
    const media = [...new Set(ofNode.map((one) => one.medium))].join(' and ');
    throw new ConfigError(path, `has the medium ${medium}, but only ${media} leads to that node of the scenario`);
  }
  const names = [...endpoints.map((one) => one.name), ...nodes.map((node) => node.name)];
  throw new ConfigError(path, `is no path and no node of the scenario; ${suggestion(name, names)}`);
};
