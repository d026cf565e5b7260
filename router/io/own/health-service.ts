import type { IncomingHttpHeaders } from 'node:http2';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { grpcStatus } from '../../attempt/grpc-status.ts';
import type { Status } from '../../attempt/wire.ts';
import { statusHeaders } from '../header-rules.ts';
import type { OwnCall, OwnCaller, OwnService } from './own-call.ts';

/**
 * gRPC health v1 of the router: of the whole, whose name is empty, and of each service that it routes. All have the same status.
 * Source: proto/grpc/health/v1/health.proto. It reads and writes its few bytes itself: a server of @grpc/grpc-js for them takes 20 MiB.
 */
export class HealthService implements OwnService {
  #names: ReadonlySet<string>;
  #isServing = false;
  readonly #watches = new Set<HealthCall>();

  constructor(routed: readonly string[]) {
    this.#names = new Set(['', ...routed]);
  }

  has(service: string): boolean {
    return service === 'grpc.health.v1.Health';
  }

  /** Tells the health of these services from now on, besides that of the whole. */
  report(routed: readonly string[]): void {
    this.#names = new Set(['', ...routed]);
    this.#tellWatches();
  }

  setServing(isServing: boolean): void {
    this.#isServing = isServing;
    this.#tellWatches();
  }

  open(headers: IncomingHttpHeaders, caller: OwnCaller): OwnCall {
    return new HealthCall(headers[':path'] ?? '', caller, (call) => this.#answer(call));
  }

  async settled(): Promise<void> {} // it says all at once

  close(): void {
    for (const watch of this.#watches) watch.end(SHUTTING_DOWN);
    this.#watches.clear();
  }

  #answer(call: HealthCall): void {
    const asked = call.request();
    if (typeof asked !== 'string') call.end(asked);
    else if (call.method === 'Check') {
      if (this.#names.has(asked)) call.endWith(responseOf(this.#statusOf(asked)));
      else call.end(NOT_FOUND);
    } else if (call.method === 'List') {
      if (this.#names.size <= MOST_LISTED) call.endWith(this.#list());
      else call.end(TOO_MANY);
    } else {
      this.#watches.add(call);
      call.onCancel = () => this.#watches.delete(call);
      call.tell(this.#statusOf(asked), asked);
    }
  }

  #list(): Uint8Array {
    const writer = new BinaryWriter();
    for (const name of this.#names) {
      writer.tag(STATUSES, WireType.LengthDelimited).fork();
      writer.tag(MAP_KEY, WireType.LengthDelimited).string(name);
      writer.tag(MAP_VALUE, WireType.LengthDelimited).bytes(responseOf(this.#statusOf(name)));
      writer.join();
    }
    return writer.finish();
  }

  #statusOf(name: string): number {
    if (!this.#names.has(name)) return SERVICE_UNKNOWN;
    return this.#isServing ? SERVING : NOT_SERVING;
  }

  #tellWatches(): void {
    for (const watch of this.#watches) watch.tell(this.#statusOf(watch.watched), watch.watched);
  }
}

/** One call: it collects the request, and writes the answer. */
class HealthCall implements OwnCall {
  readonly method: string;
  /** The service that a watch asks for. */
  watched = '';
  onCancel: () => void = () => {};
  readonly #caller: OwnCaller;
  readonly #onWhole: (call: HealthCall) => void;
  #body: Buffer = Buffer.alloc(0);
  #isTooLong = false;
  #hasHead = false;
  #isPaused = false;
  #isOver = false;
  /** The last status that a watch sent, and the one of now. */
  #told = NEVER;
  #current = NEVER;

  constructor(path: string, caller: OwnCaller, onWhole: (call: HealthCall) => void) {
    this.method = path.slice(path.lastIndexOf('/') + 1);
    this.#caller = caller;
    this.#onWhole = onWhole;
  }

  send(bytes: Buffer, onTaken: () => void): void {
    this.#isTooLong ||= this.#body.length + bytes.length > MOST_BYTES;
    if (!this.#isTooLong) this.#body = Buffer.concat([this.#body, bytes]);
    onTaken();
  }

  endBody(): void {
    if (!this.#isOver) this.#onWhole(this);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#tellCurrent();
  }

  cancel(): void {
    this.#isOver = true;
    this.onCancel();
  }

  /** The service that is asked for, or why the request cannot be answered. */
  request(): string | Status {
    if (!METHODS.has(this.method)) return NO_METHOD;
    if (this.#isTooLong) return TOO_LONG;
    const body = this.#body;
    if (body.length < PREFIX_BYTES || body.readUInt32BE(1) !== body.length - PREFIX_BYTES) return MALFORMED;
    if (body[0] !== 0) return COMPRESSED;
    try {
      return this.method === 'List' ? '' : serviceIn(body.subarray(PREFIX_BYTES));
    } catch {
      return MALFORMED;
    }
  }

  /** A watched service has this status now. A client that reads slowly gets only the last one. */
  tell(status: number, watched: string): void {
    this.watched = watched;
    this.#current = status;
    this.#tellCurrent();
  }

  endWith(message: Uint8Array): void {
    this.#write(message);
    this.end(OK);
  }

  end(status: Status): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const trailers = statusHeaders(status);
    if (this.#hasHead) this.#caller.onAnswerEnd(trailers);
    else this.#caller.onAnswer({ ...HEAD, ...trailers }, true);
  }

  #tellCurrent(): void {
    if (this.#isPaused || this.#isOver || this.#current === this.#told) return;
    this.#told = this.#current;
    this.#write(responseOf(this.#current));
  }

  #write(message: Uint8Array): void {
    if (!this.#hasHead) this.#caller.onAnswer(HEAD, false);
    this.#hasHead = true;
    const bytes = Buffer.alloc(PREFIX_BYTES + message.length);
    bytes.writeUInt32BE(message.length, 1);
    bytes.set(message, PREFIX_BYTES);
    this.#caller.onAnswerData(bytes);
  }
}

const responseOf = (status: number): Uint8Array => Uint8Array.of((STATUS << 3) | WireType.Varint, status);

/** The name in a HealthCheckRequest. Throws for broken bytes. */
const serviceIn = (request: Uint8Array): string => {
  const reader = new BinaryReader(request);
  let service = '';
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === SERVICE && type === WireType.LengthDelimited) service = reader.string();
    else reader.skip(type, field);
  }
  return service;
};

const METHODS: ReadonlySet<string> = new Set(['Check', 'Watch', 'List']);

const SERVING = 1;
const NOT_SERVING = 2;
const SERVICE_UNKNOWN = 3;
const NEVER = -1;

/** Numbers of fields. */
const SERVICE = 1;
const STATUS = 1;
const STATUSES = 1;
const MAP_KEY = 1;
const MAP_VALUE = 2;

/** The prefix of a gRPC message: a flag and its length. */
const PREFIX_BYTES = 5;

const MOST_BYTES = 4096;
const MOST_LISTED = 100;

const HEAD = { ':status': '200', 'content-type': 'application/grpc' };

const of = (code: number, message: string): Status => ({ code, message, by: 'router' });

const OK: Status = { code: grpcStatus.ok, by: 'router' };
const NOT_FOUND = of(grpcStatus.notFound, 'the router knows no such service');
const NO_METHOD = of(grpcStatus.unimplemented, 'grpc.health.v1.Health has no such method');
const TOO_LONG = of(grpcStatus.resourceExhausted, `a request for health has at most ${MOST_BYTES} bytes`);
const TOO_MANY = of(grpcStatus.resourceExhausted, `there are more than ${MOST_LISTED} services`);
const MALFORMED = of(grpcStatus.internal, 'the request is not one message that can be read');
const COMPRESSED = of(grpcStatus.unimplemented, 'a request for health must not be compressed');

/** How calls end that are open when the router ends. */
export const SHUTTING_DOWN = of(grpcStatus.unavailable, 'the router is shutting down');
