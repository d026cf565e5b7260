import type { Ms } from '../../../core/time/clock.ts';
import type { FieldList } from '../../http2/field-list.ts';
import { http2Code } from '../../http2/http2-code.ts';
import type { ClientSession } from '../client-connections.ts';
import { FrameSession, type SessionOptions } from './frame-session.ts';
import type { HeldAccount } from './held-budget.ts';

type OnRequest = (client: ClientFrames, stream: number, fields: FieldList, isLast: boolean) => void;

/** A connection of a client. */
export class ClientFrames extends FrameSession implements ClientSession {
  idleSinceMs: Ms = performance.now();
  /** What is held of its requests and of their answers. */
  readonly held: HeldAccount;
  readonly #serve: OnRequest;
  #step: 'open' | 'announced' | 'ending' = 'open';

  constructor(options: SessionOptions, held: HeldAccount, serve: OnRequest) {
    super('server', options);
    this.held = held;
    this.#serve = serve;
  }

  /** A client that does not acknowledge our SETTINGS is treated as one that sends none (RFC 9113 6.5.3). */
  override get hasSettings(): boolean {
    return this.connection.hasSettings && this.connection.isAcknowledged;
  }

  get isEnding(): boolean {
    return this.#step !== 'open';
  }

  /**
   * Tells the client to open no more streams, and a round trip later which was the last one that came (RFC 9113 6.8). What it had sent
   * before it heard is served.
   */
  end(): void {
    if (this.#step === 'open' && this.connection.hasSettings) {
      this.#step = 'announced';
      this.connection.announceEnd();
      this.connection.ping(NOTICE, 0);
      this.touch();
    } else this.#endNow();
  }

  destroy(): void {
    this.cut();
  }

  onPong(): void {
    if (this.#step === 'announced') this.#endNow();
  }

  /** It leaves. Where it called and closed at once, nghttp2 sends the GOAWAY first: a request behind it is served. */
  onGoaway(): void {
    if (this.#step === 'open') this.end();
  }

  protected onRequest(stream: number, fields: FieldList, isLast: boolean): void {
    this.#serve(this, stream, fields, isLast);
  }

  protected onSettings(): void {}

  protected onRoom(): void {
    if (this.streams > 0) return;
    this.idleSinceMs = performance.now();
    if (this.#step === 'ending') this.endSoon();
  }

  protected onGone(): void {}

  #endNow(): void {
    if (this.#step === 'ending') return;
    this.#step = 'ending';
    this.connection.goaway(http2Code.noError, '');
    if (this.streams === 0) this.endSoon();
    else this.touch();
  }
}

const NOTICE = Buffer.from('starlane');
