import type { IncomingHttpHeaders } from 'node:http2';
import { HealthService } from './health-service.ts';
import type { OwnCall, OwnCaller, OwnService } from './own-call.ts';

/** The services that the router answers itself: gRPC health v1, of the router and of each service that it routes, and others if it has any. */
export class OwnServices {
  readonly #health: HealthService;
  readonly #all: readonly OwnService[];

  /** `routed` are the services whose health it tells besides that of the whole. */
  constructor(routed: readonly string[], others: readonly OwnService[] = []) {
    this.#health = new HealthService(routed);
    this.#all = [this.#health, ...others];
  }

  /** Whether the router answers for a service: `grpc.health.v1.Health`, and those of the others. */
  has(service: string): boolean {
    return this.#all.some((own) => own.has(service));
  }

  /** Tells the health of these services from now on, besides that of the whole. */
  report(routed: readonly string[]): void {
    this.#health.report(routed);
  }

  /** Sets the health status from now on. */
  setServing(isServing: boolean): void {
    this.#health.setServing(isServing);
  }

  /** Takes a call to a service that it has. The caller hears nothing before this returns. */
  open(service: string, headers: IncomingHttpHeaders, caller: OwnCaller): OwnCall {
    return this.#all.find((own) => own.has(service))!.open(headers, caller);
  }

  /** Resolves when earlier messages have left, such as a change of health to those who watch it. */
  async settled(): Promise<void> {
    await Promise.all(this.#all.map((own) => own.settled()));
  }

  /** Ends every open call, such as a health watch, which would never end by itself. */
  close(): void {
    for (const own of this.#all) own.close();
  }
}
