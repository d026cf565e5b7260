import type { Grouping } from './grouping.ts';

export const calledRouter: Grouping = {
  title: 'router',
  what: 'By the router that its client calls; only where the scenario has several.',
  of: ({ routers }) => {
    if (routers === undefined) return null;
    const routerOf = new Map(
      Object.entries(routers).flatMap(([name, { clients }]) => clients.map((client) => [client, name] as const)),
    );
    return ({ record }) => routerOf.get(record.client);
  },
};
