import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Condition } from '../control/condition.ts';

/** gRPC health v1 of a node: of the whole server, of the services that follow its condition, and of those that always serve. */
export class NodeHealth {
  readonly #following: readonly string[];
  readonly #health: HealthImplementation;

  constructor(options: { readonly following: readonly string[]; readonly always: readonly string[] }, now: Condition) {
    this.#following = ['', ...options.following];
    this.#health = new HealthImplementation({
      ...Object.fromEntries(this.#following.map((service) => [service, statusOf(now)])),
      ...Object.fromEntries(options.always.map((service) => [service, 'SERVING' as const])),
    });
  }

  addTo(server: Server): void {
    this.#health.addToServer(server);
  }

  follow(condition: Condition): void {
    for (const service of this.#following) this.#health.setStatus(service, statusOf(condition));
  }
}

const statusOf = (condition: Condition) => (condition === 'serving' ? 'SERVING' : 'NOT_SERVING');
