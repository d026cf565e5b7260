import { z } from 'zod';
import { livePolicyNames } from '../pick/live-policy.ts';
import { routerSchema } from '../schema.ts';
import { addressIn } from './address-in.ts';

/** What is of the router everywhere; the rest has another place in this file, and without forecasts there is nothing to know. */
const {
  knowledge: _,
  dataPath,
  drainS,
  idleS,
  maxConnections,
  maxOutstanding,
  queue,
  ...settings
} = routerSchema.shape;

const addressSchema = (port: 'any-port' | 'a-port', example: string) =>
  z.string().refine((text) => addressIn(text, port) !== null, `expected HOST:PORT such as ${example}`);

const pemSchema = (what: string) => z.string().min(1).describe(`${what}, a PEM file; relative to this file.`);

const serverTlsSchema = z
  .strictObject({
    cert: pemSchema('The certificate of the router, with its chain'),
    key: pemSchema('Its private key'),
    ca: pemSchema('Who signs the certificates of clients').optional(),
    clientCert: z
      .literal('require')
      .optional()
      .describe('Only clients with a certificate that `ca` signed are let in.'),
  })
  .refine(({ ca, clientCert }) => clientCert === undefined || ca !== undefined, {
    message: 'expected ca beside clientCert: who signs the certificates of clients',
    path: ['clientCert'],
  })
  .refine(({ ca, clientCert }) => ca === undefined || clientCert !== undefined, {
    message: 'expected clientCert: require beside ca: without it anybody is let in',
    path: ['ca'],
  })
  .describe('TLS for clients; without it they call with HTTP/2 in clear text.');

const endpointTlsSchema = z
  .union([
    z.literal(true),
    z
      .strictObject({
        ca: pemSchema(
          'Who signs the certificate of the server, instead of the authorities that the system knows',
        ).optional(),
        cert: pemSchema('The certificate of the router as a client of it').optional(),
        key: pemSchema('The private key of that').optional(),
        serverName: z.string().min(1).optional().describe('The name in its certificate, where that is not the host.'),
      })
      .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'expected cert and key together'),
  ])
  .describe('TLS to the server; true for the authorities that the system knows.');

export const endpointSchema = z
  .strictObject({
    address: addressSchema('a-port', '127.0.0.1:50061').describe('Where the server is reached: HOST:PORT.'),
    node: z.string().min(1).optional().describe('Endpoints that name the same node are paths to one server.'),
    medium: z.enum(['fibre', 'laser']).default('fibre').describe('What leads there.'),
    weight: z.number().positive().max(1e6).default(1).describe('Its share for the policies that weigh.'),
    maxOutstanding: z
      .int()
      .min(1)
      .optional()
      .describe('How many requests a worker may have at the server, over all paths; `limits` has that for each path.'),
    models: z
      .array(z.string().min(1).max(100))
      .min(1)
      .max(1000)
      .optional()
      .describe('The models that it serves, as in the header `x-model`; any by default.'),
    provider: z.string().default('').describe('Who owns the server.'),
    usdPerMillionTokens: z.number().nonnegative().optional().describe('What it charges, for `prices`.'),
    gCo2PerMillionTokens: z.number().nonnegative().optional().describe('What it emits, for `prices`.'),
    tls: endpointTlsSchema.optional(),
  })
  .describe('A server, or one of several paths to it.');

/** The file of `starlane router --config`. What a flag says counts more. */
export const standaloneSchema = z
  .strictObject({
    listen: addressSchema('any-port', '127.0.0.1:50051')
      .default('127.0.0.1:50051')
      .describe('Where clients call: HOST:PORT; port 0 takes a free one.'),
    endpoints: z.record(z.string().min(1).max(200), endpointSchema).default({}).describe('The servers, by name.'),
    policy: z.enum(livePolicyNames).default('peak-ewma').describe('How an endpoint is chosen for each request.'),
    ...settings,
    deadlineS: z
      .number()
      .positive()
      .max(86_400)
      .optional()
      .describe('How long a request may take where its client allows more, or says nothing, in seconds.'),
    routed: z
      .array(z.string().regex(/^[^/\s]+$/, 'a service such as package.Service'))
      .min(1)
      .optional()
      .describe('The gRPC services that clients may call; all by default.'),
    limits: z
      .strictObject({ maxOutstanding, queue, maxConnections, idleS })
      .prefault({})
      .describe('What the router takes on; connections by worker.'),
    dataPath,
    drainS,
    workers: z.int().min(1).max(256).default(1).describe('How many processes share the port.'),
    sharePort: z
      .enum(['auto', 'kernel', 'cluster'])
      .default('auto')
      .describe(
        'Who deals out connections to workers: the kernel by their addresses, or the process in front in turn; auto is the kernel where it can.',
      ),
    seed: z.int().min(0).default(0).describe('What draws of policies depend on, with the number of the worker.'),
    admin: z
      .strictObject({
        listen: addressSchema('any-port', '127.0.0.1:9464').describe(
          'Where /live, /health, /metrics and /admin/ are: HOST:PORT.',
        ),
        tokenFile: z
          .string()
          .min(1)
          .optional()
          .describe('A file with the token that orders need; without it nobody may order anything.'),
      })
      .optional()
      .describe('The door of its operator, without TLS.'),
    tls: serverTlsSchema.optional(),
    auth: z
      .strictObject({
        bearerTokensFile: z.string().min(1).describe('A file with a token a line, any of which lets a client in.'),
      })
      .optional()
      .describe('Who may call; anybody by default. Health is told to all.'),
  })
  .describe('A router by itself, before any gRPC servers.');

export type StandaloneConfig = z.output<typeof standaloneSchema>;
