import type { z } from 'zod';
import type { KeysOf } from './reload-rules.ts';
import type { routerSchema } from './schema.ts';

/** What a `Router` is told by the configuration, apart from its policy. All of it may change while it routes: see `Router.retune`. */
export type RouterSettings = Readonly<Pick<z.output<typeof routerSchema>, KeysOf<'router'>>>;

/** What a data path is told by the configuration, and may be told anew while it carries requests. */
export type DataPathSettings = Readonly<Pick<z.output<typeof routerSchema>, KeysOf<'data-path'>>>;
