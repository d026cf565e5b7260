import { ArrivalLine } from './arrival-line.ts';
import type { Waiting } from './waiting.ts';
import type { WaitingSettings } from './waiting-schema.ts';

/**
 * Requests of one priority, fair by tenant: deficit round robin. In its turn a tenant may send `quantumTokens` more of its prompts; what it
 * does not use of that is kept while it has requests waiting. Over any time in which two tenants wait, what they sent differs by at most a
 * quantum and two of the largest prompts. Tokens and not requests, because a long prompt takes its place for longer.
 *
 * Source: M. Shreedhar, G. Varghese, Efficient fair queueing using deficit round-robin, 1996.
 */
export class FairLine<Request> {
  count = 0;
  readonly #settings: Pick<WaitingSettings, 'quantumTokens'>;
  readonly #byName = new Map<string, Tenant<Request>>();
  /** Those that have requests waiting, in the order of their turns. */
  readonly #tenants: Tenant<Request>[] = [];
  #turn = 0;

  constructor(settings: Pick<WaitingSettings, 'quantumTokens'>) {
    this.#settings = settings;
  }

  add(waiting: Waiting<Request>): void {
    const name = waiting.info.tenant;
    let tenant = this.#byName.get(name);
    if (tenant === undefined) {
      tenant = { name, line: new ArrivalLine(), deficit: 0, hasQuantum: false };
      this.#byName.set(name, tenant);
      this.#tenants.push(tenant);
    }
    tenant.line.add(waiting);
    this.count++;
  }

  /** The one that goes next. Not empty. */
  next(): Waiting<Request> {
    for (let looked = 0; ; looked++) {
      if (looked === this.#tenants.length) this.#skipRounds();
      const tenant = this.#tenants[this.#turn]!;
      if (!tenant.hasQuantum) {
        tenant.deficit += this.#settings.quantumTokens;
        tenant.hasQuantum = true;
      }
      const { oldest } = tenant.line;
      if (oldest!.cost <= tenant.deficit) return oldest!;
      this.#endTurn();
    }
  }

  /** The one that `next` gave goes. */
  take(waiting: Waiting<Request>): void {
    this.#byName.get(waiting.info.tenant)!.deficit -= waiting.cost;
    this.remove(waiting);
  }

  /** It leaves without its turn. */
  remove(waiting: Waiting<Request>): void {
    const tenant = this.#byName.get(waiting.info.tenant)!;
    tenant.line.remove(waiting);
    this.count--;
    if (tenant.line.count > 0) return;
    const place = this.#tenants.indexOf(tenant);
    this.#tenants.splice(place, 1);
    this.#byName.delete(tenant.name);
    if (place < this.#turn) this.#turn--;
    else if (this.#turn === this.#tenants.length) this.#turn = 0;
  }

  /** The newest of the tenant with the most requests; of several such, the one that came last. Not empty. */
  newestOfLongest(): Waiting<Request> {
    let { line: longest } = this.#tenants[0]!;
    for (const { line } of this.#tenants) {
      const isAsLong = line.count === longest.count && line.newest!.serial > longest.newest!.serial;
      if (line.count > longest.count || isAsLong) longest = line;
    }
    return longest.newest!;
  }

  #endTurn(): void {
    this.#tenants[this.#turn]!.hasQuantum = false;
    this.#turn = (this.#turn + 1) % this.#tenants.length;
  }

  /** Where nobody has enough, all get at once what they would get in the rounds until the first one has. */
  #skipRounds(): void {
    let rounds = Number.POSITIVE_INFINITY;
    for (const { line, deficit } of this.#tenants) {
      rounds = Math.min(rounds, Math.ceil((line.oldest!.cost - deficit) / this.#settings.quantumTokens));
    }
    if (rounds <= 1) return;
    for (const tenant of this.#tenants) tenant.deficit += (rounds - 1) * this.#settings.quantumTokens;
  }
}

interface Tenant<Request> {
  readonly name: string;
  readonly line: ArrivalLine<Request>;
  /** Tokens that it may still send. */
  deficit: number;
  /** Whether it has had its quantum in this turn. */
  hasQuantum: boolean;
}
