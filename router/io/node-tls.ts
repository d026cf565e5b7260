/** node:tls, loaded where somebody needs it: a router in clear text is 6 MiB smaller without it. */
export const nodeTls = (): typeof import('node:tls') => process.getBuiltinModule('node:tls');
