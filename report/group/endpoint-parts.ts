/** What the name of an endpoint says: `node/medium`, or `router/node/medium`. */
export interface EndpointParts {
  readonly node: string;
  readonly medium: string;
}

export const endpointParts = (endpoint: string): EndpointParts => {
  const medium = endpoint.lastIndexOf('/');
  return {
    node: endpoint.slice(endpoint.lastIndexOf('/', medium - 1) + 1, medium),
    medium: endpoint.slice(medium + 1),
  };
};
