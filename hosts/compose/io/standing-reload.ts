import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../../core/config/config-error.ts';
import { watchFiles } from '../../../core/config/io/watched-files.ts';
import type { RouterChange } from '../../../core/event/event.ts';
import { routerChangesText } from '../../../core/event/router-change-text.ts';
import type { Service } from '../../../core/process/io/service-process.ts';
import { ReloadMetrics } from '../../../router/metrics/reload-metrics.ts';
import { isOwnPolicy } from '../../../router/pick/own-policy.ts';
import { AFTER_AN_EDIT } from '../../../scenario/deployment/io/scenario-edits.ts';
import { routerAgreementOf } from '../../../scenario/deployment/io/standing-of.ts';
import type { Overrides, Scenario } from '../../../scenario/scenario.ts';
import { readReload } from '../../io/read-reload.ts';
import type { RestartedRouter } from '../../io/restarted-router.ts';
import { reloadedBy } from '../../router-reload.ts';

/**
 * What the order `reload` may say: another text of the scenario than that of the file in the container, and those of its policies. With `check`
 * nothing changes: it is answered with what would.
 */
const orderSchema = z.strictObject({
  /** What messages call the file. */
  file: z.string().min(1).exactOptional(),
  scenario: z.string().min(1).exactOptional(),
  policies: z.record(z.string(), z.string()).exactOptional(),
  check: z.boolean().exactOptional(),
});

/** A router in a container that loads its scenario again, by an order or when the file is edited. */
export class StandingReload {
  readonly #file: string;
  readonly #overrides: Overrides;
  readonly #say: (line: string) => void;
  readonly #metrics = new ReloadMetrics(() => Date.now());
  #scenario: Scenario;
  /** Kept: a scenario may have megabytes of elements, and is asked for its health all the time. */
  #agreement: ReturnType<typeof routerAgreementOf>;
  /** Of the text that was loaded last; null where nobody could read it. */
  #textHash: string | null;
  #reloading: Promise<unknown> = Promise.resolve();

  constructor(options: {
    readonly scenario: Scenario;
    readonly file: string;
    readonly overrides: Overrides;
    readonly say: (line: string) => void;
  }) {
    this.#scenario = options.scenario;
    this.#agreement = routerAgreementOf(options.scenario);
    this.#file = options.file;
    this.#overrides = options.overrides;
    this.#say = options.say;
    this.#textHash = hashOfFile(options.file);
  }

  /** What other parts and a load have to agree on with it now. */
  agrees(): Readonly<Record<string, string | number>> {
    return this.#agreement;
  }

  /** One line where its file is another than the one that was loaded last. It is not parsed here, where messages would wait for that. */
  note(): string | null {
    return hashOfFile(this.#file) === this.#textHash ? null : `the scenario was edited since: ${AFTER_AN_EDIT}`;
  }

  /** The router, which takes the order. With `watches`, an edit of the file is one. */
  serve(router: RestartedRouter, { watches }: { readonly watches: boolean }): Service<unknown> {
    const reload = (body: unknown): Promise<{ readonly changes: readonly RouterChange[] }> => {
      const loaded = this.#reloading.then(() => this.#load(router, body));
      this.#reloading = loaded.catch(() => {}); // whoever ordered it hears it
      return loaded;
    };
    const watched = watches
      ? watchFiles({
          paths: () => [
            this.#file,
            ...Object.keys(this.#scenario.files)
              .filter(isOwnPolicy)
              .map((named) => resolve(dirname(this.#file), named)),
          ],
          onChange: () => void reload(null).catch(() => {}), // it was said
        })
      : null;
    return {
      ...router,
      metrics: async () => `${await router.metrics!()}${this.#metrics.text()}`,
      orders: { ...router.orders, reload },
      close: (ending) => {
        watched?.close();
        return router.close(ending);
      },
    };
  }

  async #load(router: RestartedRouter, body: unknown): Promise<{ readonly changes: readonly RouterChange[] }> {
    try {
      const { file = this.#file, scenario, policies = {}, check = false } = orderOf(body);
      const { scenario: running, policy } = router.run();
      const textHash = scenario === undefined ? hashOfFile(this.#file) : sha256(scenario);
      const next = await readReload({
        running,
        file,
        texts: scenario === undefined ? null : { scenario, policies },
        overrides: this.#overrides,
        policies: [policy],
      });
      if (check) return { changes: next.changes };
      const reloaded = reloadedBy(running, next);
      await router.reload(reloaded);
      this.#scenario = reloaded.scenario;
      this.#agreement = routerAgreementOf(reloaded.scenario);
      this.#textHash = textHash;
      this.#metrics.count('loaded');
      if (next.changes.length > 0) this.#say(`reloaded: ${routerChangesText(next.changes)}`);
      return { changes: next.changes };
    } catch (error) {
      this.#metrics.count('refused');
      this.#say(`not reloaded: ${(error as Error).message}`);
      throw error;
    }
  }
}

const orderOf = (body: unknown): z.output<typeof orderSchema> => {
  const parsed = orderSchema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue!.code === 'unrecognized_keys' ? issue!.keys[0]! : issue!.path.join('.');
  throw new ConfigError(key === '' ? 'reload' : key, `is no part of the order; ${issue!.message}`);
};

const hashOfFile = (file: string): string | null => {
  try {
    return sha256(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
