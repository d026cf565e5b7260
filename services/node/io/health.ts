import type { handleUnaryCall, Metadata, Server, UntypedServiceImplementation } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Condition } from '../control/condition.ts';

/**
 * gRPC health v1 of a node: for the whole server, the services that follow its condition, and those that always serve.
 * A router also probes a node with a check: its trailers carry the load.
 */
export class NodeHealth {
  readonly #following: readonly string[];
  readonly #health: HealthImplementation;
  readonly #trailer: () => Metadata;

  constructor(
    options: {
      readonly following: readonly string[];
      readonly always: readonly string[];
      /** The trailers of the answer to a check. */
      readonly trailer: () => Metadata;
    },
    now: Condition,
  ) {
    this.#trailer = options.trailer;
    this.#following = ['', ...options.following];
    this.#health = new HealthImplementation({
      ...Object.fromEntries(this.#following.map((service) => [service, statusOf(now)])),
      ...Object.fromEntries(options.always.map((service) => [service, 'SERVING' as const])),
    });
  }

  addTo(server: Server): void {
    // grpc-health-check answers without trailers: they are added between it and the server.
    const withTrailers: Pick<Server, 'addService'> = {
      addService: (service, handlers) => server.addService(service, { ...handlers, check: this.#check(handlers) }),
    };
    this.#health.addToServer(withTrailers as Server);
  }

  follow(condition: Condition): void {
    for (const service of this.#following) this.#health.setStatus(service, statusOf(condition));
  }

  #check({ check }: UntypedServiceImplementation): handleUnaryCall<unknown, unknown> {
    return (call, answer) =>
      (check as handleUnaryCall<unknown, unknown>)(call, (error, reply) => answer(error, reply, this.#trailer()));
  }
}

const statusOf = (condition: Condition) => (condition === 'serving' ? 'SERVING' : 'NOT_SERVING');
