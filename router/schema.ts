import { z } from 'zod';
import { firstTokenSchema } from './attempt/first-token-schema.ts';
import { hedgeSchema } from './attempt/hedge-schema.ts';
import { retrySchema } from './attempt/retry-schema.ts';
import { dataPathSchema } from './data-path-name.ts';
import { ewmaSchema } from './endpoint/ewma.ts';
import { knowledgeSchema } from './endpoint/forecast.ts';
import { residualSchema } from './endpoint/residual.ts';
import { signalsSchema } from './endpoint/signals-schema.ts';
import { breakerSchema } from './filter/breaker.ts';
import { ejectionSchema } from './filter/ejection.ts';
import { healthSchema } from './filter/path-health.ts';
import { slowStartSchema } from './filter/slow-start.ts';
import { subsetSchema } from './filter/subset.ts';
import { schemaOf } from './pick/create-policy.ts';
import { type PolicyName, type policies, policyNames } from './pick/registry.ts';
import { hysteresisSchema } from './pick/with-hysteresis.ts';
import { pricesSchema } from './pick/with-prices.ts';
import { waitingSchema } from './queue/waiting-schema.ts';

type PolicyParams = { [Name in PolicyName]: z.ZodPrefault<ReturnType<(typeof policies)[Name]['schema']>> };

const policyParams = Object.fromEntries(
  policyNames.map((name) => [name, schemaOf(name).prefault({})]),
) as unknown as PolicyParams;

/** The router's part of a scenario. */
export const routerSchema = z
  .strictObject({
    knowledge: knowledgeSchema(z).prefault({ kind: 'slots' }),
    maxAttempts: z
      .int()
      .min(1)
      .max(5)
      .default(2)
      .describe(
        'How often a request is tried, the first time included; only before its first token, on other endpoints.',
      ),
    retry: retrySchema(z).prefault({}),
    firstTokenTimeout: firstTokenSchema(z),
    hedge: hedgeSchema(z).prefault({}),
    maxOutstanding: z
      .int()
      .min(1)
      .default(1024)
      .describe(
        'How many requests one endpoint may have outstanding; more wait in the queue, or are refused with RESOURCE_EXHAUSTED.',
      ),
    queue: waitingSchema(z).prefault({}),
    drainS: z
      .number()
      .min(0)
      .max(300)
      .default(10)
      .describe(
        'How long requests may go on when the router is told to end, in seconds; then they end with UNAVAILABLE.',
      ),
    idleS: z
      .number()
      .min(1)
      .max(86_400)
      .default(300)
      .describe('After how long without a request the connection of a client is closed, in seconds.'),
    maxConnections: z
      .int()
      .min(1)
      .default(1024)
      .describe('How many connections clients may have to the router; one more is closed at once.'),
    bytesPerToken: z
      .number()
      .min(0.1)
      .max(1000)
      .default(4)
      .describe(
        'Bytes of a message for a token of its prompt: what a live router estimates for clients that send no x-prompt-tokens.',
      ),
    dataPath: dataPathSchema,
    health: healthSchema(z).prefault({}),
    signals: signalsSchema(z).prefault({}),
    ewma: ewmaSchema(z).prefault({}).describe('How latency is averaged.'),
    residual: residualSchema(z).prefault({}).describe('How the errors of predictions are learnt.'),
    prices: pricesSchema(z).prefault({}),
    hysteresis: hysteresisSchema(z).prefault({}),
    subset: subsetSchema(z),
    slowStart: slowStartSchema(z).prefault({}),
    ejection: ejectionSchema(z).prefault({}),
    breaker: breakerSchema(z).prefault({}),
    panicShare: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        'Where health checks and ejection would leave a smaller share of the endpoints than that, all of them count; 0 for only where they would leave none.',
      ),
    policies: z.strictObject(policyParams).prefault({}).describe('Parameters of each policy, by its name.'),
  })
  .describe('The router.');
