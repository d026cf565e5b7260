import { z } from 'zod';
import { nameSchema as name } from '../core/config/name-schema.ts';
import { siteDishKeys, userDishSchema } from '../netem/links/dish-schema.ts';
import { optionalEffectKeys } from '../netem/links/effect/effect-shapes.ts';
import { linkEffects } from '../netem/links/effect/registry.ts';
import { pathSchema } from '../netem/links/path-schema.ts';
import { networkSchema } from '../netem/links/schema.ts';
import { mahimahiSchema, traceSchema } from '../netem/links/trace/recording-schema.ts';
import { satelliteRefSchema } from '../netem/sky/orbit/satellite-ref.ts';
import { sitePowerSchema } from '../services/node/power/site-power-schema.ts';
import { nodeSchema } from '../services/node/schema.ts';
import { loadSchema } from '../workload/load-schema.ts';
import { faultsSchema } from './faults-schema.ts';
import { rolloutSchema } from './rollout-schema.ts';
import { oneRouterSchema, routersSchema } from './router-schema.ts';

const weatherKeys = optionalEffectKeys(linkEffects.weather, 'sites');

const siteSchema = z
  .strictObject({
    latDeg: z.number().min(-90).max(90).optional().describe('Latitude in degrees, north positive.'),
    lonDeg: z.number().min(-180).max(180).optional().describe('Longitude in degrees, east positive.'),
    terminal: z
      .boolean()
      .optional()
      .describe('Whether a satellite terminal stands here: laser paths need one at both ends. Default: false.'),
    ...weatherKeys,
    ...siteDishKeys,
    satellite: satelliteRefSchema
      .optional()
      .describe(
        'A satellite of the constellation instead of a place on the ground: its number, or its shell, plane and index.',
      ),
    power: sitePowerSchema.optional(),
  })
  .superRefine((site, context) => {
    if (context.issues.length > 0) return; // report a misspelt key, not the keys that are missing because of it
    const say = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    const dishKeys = Object.keys(siteDishKeys).filter((key) => Object.hasOwn(site, key));
    if (site.satellite === undefined) {
      if (site.latDeg === undefined) say('latDeg', 'a latitude, or satellite for a site in orbit');
      if (site.lonDeg === undefined) say('lonDeg', 'a longitude, or satellite for a site in orbit');
      if (site.terminal === true) return;
      for (const key of dishKeys)
        say(key, 'but no terminal stands here; expected terminal: true (dishes of users: clients.*.access)');
      return;
    }
    for (const key of ['latDeg', 'lonDeg', 'terminal', ...Object.keys(weatherKeys), ...dishKeys] as const) {
      if (Object.hasOwn(site, key)) say(key, 'but the site is on board a satellite; expected one of the two');
    }
  })
  .transform(({ latDeg = 0, lonDeg = 0, terminal = false, satellite, power, ...here }) =>
    satellite === undefined ? { latDeg, lonDeg, terminal, ...here, power } : { satellite, power },
  );

const clientSchema = z.strictObject({
  site: name.describe('Where these users are.'),
  access: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('fibre') }),
      z.strictObject({
        kind: z.literal('starlink'),
        pop: z.string().describe('The point of presence that their traffic is tunnelled to, for example `lagos`.'),
        ...userDishSchema.shape,
      }),
      traceSchema,
      mahimahiSchema,
    ])
    .describe('How they reach the router.'),
  share: z.number().positive().default(1).describe('Their weight in the load.'),
  router: name
    .exactOptional()
    .describe('The one of `routers` that they call. Default: the one that serves them, or else the nearest.'),
});

const scenarioNodeSchema = nodeSchema.extend({
  site: name.describe('The site of the node.'),
  media: z
    .array(z.enum(['fibre', 'laser']))
    .min(1)
    .max(2)
    .refine((media) => new Set(media).size === media.length, 'expected each medium once')
    .describe('The media over which the router reaches it: each is an endpoint.'),
  maxOutstanding: z
    .int()
    .min(1)
    .exactOptional()
    .describe(
      'How many requests each router may have there, over all paths; `router.maxOutstanding` is for each path.',
    ),
  weight: z
    .number()
    .positive()
    .max(1000)
    .default(1)
    .describe('Its share for policies that weigh endpoints (weighted-round-robin, least-request), beside the others.'),
  count: z
    .int()
    .positive()
    .max(256)
    .default(1)
    .describe('How many such nodes there are; more than one are named `name-1`, `name-2`, ...'),
});

/** The whole scenario file. Each folder defines the part that it reads; units are in the names of the keys. */
export const scenarioSchema = z.strictObject({
  schema: z.literal(1).describe('The version of this format.'),
  name: name.describe('What results are filed under.'),
  description: z.string().default('').describe('What the scenario is about, for people.'),
  epoch: z.iso
    .datetime()
    .nullable()
    .default(null)
    .describe(
      'The instant, UTC, at which a run starts: it places the satellites and the slots. Default: that of the newest elements, or 2026-01-01T00:00:00Z where there are none.',
    ),
  cycleS: z
    .number()
    .min(60)
    .max(86_400)
    .multipleOf(15)
    .default(3600)
    .describe(
      'Where nobody sets the start of a run (a bare `docker compose up`), scenario time is the time since the last whole multiple of this on the wall clock.',
    ),
  seed: z.int().min(0).default(1).describe('All random draws depend on it.'),
  durationS: z.number().positive().max(86_400).default(60).describe('How long requests are sent.'),
  warmUpS: z.number().min(0).default(2).describe('Requests intended before this are served but not measured.'),
  drainS: z
    .number()
    .min(0)
    .max(600)
    .default(10)
    .describe('How long answers may take after the last request; later ones count as open.'),
  network: networkSchema.prefault({}).describe('The constellation, and what each kind of path is like.'),
  sites: z.record(name, siteSchema).describe('Places by name.'),
  router: oneRouterSchema.prefault({}),
  routers: routersSchema.exactOptional(),
  rollout: rolloutSchema.exactOptional(),
  clients: z.record(name, clientSchema).describe('Groups of users by name.'),
  nodes: z.record(name, scenarioNodeSchema).describe('Inference nodes by name.'),
  paths: z
    .record(
      z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'Use the site of the router, a slash and the site of a node'),
      pathSchema,
    )
    .default({})
    .describe('What differs on single paths, and their events, by `router-site/node-site`.'),
  faults: faultsSchema
    .nullable()
    .default(null)
    .describe(
      'What goes wrong on purpose: a timeline, and the token that lets callers cause faults; without it nobody can.',
    ),
  load: loadSchema.describe('The requests, and their times.'),
  slo: z
    .strictObject({
      ttftMs: z.number().positive().default(1000).describe('Time to first token that users accept.'),
      tpotMs: z.number().positive().default(50).describe('Time per further token that users accept.'),
      stallMs: z
        .number()
        .positive()
        .default(1000)
        .describe(
          'An answer whose next message takes longer than this has stalled. Counted apart: no part of goodput.',
        ),
    })
    .prefault({})
    .describe('Service level objectives: goodput counts requests that meet those of `ttftMs` and `tpotMs`.'),
});

export type ScenarioConfig = z.output<typeof scenarioSchema>;
