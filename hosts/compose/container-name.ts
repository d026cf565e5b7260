/** The name that Compose gives to the one container of a service. */
export const containerName = (project: string, service: string): string => `${project}-${service}-1`;
