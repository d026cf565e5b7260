import type { BlockShape } from './block-shape.ts';
import type { ConnectionState } from './connection-state.ts';
import { FieldList } from './field-list.ts';
import { HpackDecoder } from './hpack/hpack-decoder.ts';
import { http2Code } from './http2-code.ts';
import { judged, type KnownBlock, keptBytes } from './known-block.ts';
import { streamFlag } from './stream-table.ts';

const { protocolError, streamClosed, refusedStream, compressionError, enhanceYourCalm } = http2Code;

/**
 * Field blocks of the peer: requests, responses, interim ones, trailers (RFC 9113 8.1 to 8.3). Once the peer uses no table, a block that
 * was met before is neither decoded nor judged again, and one that differs in some values is not judged again.
 */
export class IncomingBlocks {
  readonly #state: ConnectionState;
  readonly #decoder: HpackDecoder;
  readonly #fields = new FieldList();
  /** That of the last block, if it had one. */
  #shape: BlockShape | null = null;

  constructor(state: ConnectionState) {
    this.#state = state;
    const { listBytes, fields } = state.limits;
    this.#decoder = new HpackDecoder({ listBytes, fields }, state.blocks.strings);
  }

  /** The peer acknowledged our SETTINGS_HEADER_TABLE_SIZE. */
  onTableLimited(bytes: number): void {
    this.#decoder.limitTable(bytes);
  }

  onBlock(stream: number, block: Buffer, from: number, to: number, isLast: boolean): void {
    const state = this.#state;
    const known = this.#decoder.isStateless ? this.#known(block, from, to) : undefined;
    if (known !== undefined) {
      this.#onDecoded(stream, known, false, isLast);
      return;
    }
    const fields = this.#fields;
    fields.clear();
    // Each block is decoded, whatever its stream is: the next ones may refer to it (RFC 9113 4.3).
    const outcome = this.#decoder.decode(block, from, to, fields.add);
    if (outcome.kind === 'malformed') {
      state.fail(compressionError, outcome.reason);
      return;
    }
    if (this.#decoder.isStateless && outcome.kind === 'whole') {
      fields.block = block;
      fields.blockFrom = afterUpdates(block, from, to);
      fields.blockTo = to;
    }
    const judgement = judged(fields);
    const isUsable = judgement.isRequest || judgement.isResponse || judgement.isTrailers;
    const mayKeep = fields.block !== null && isUsable && !fields.hasSensitive;
    if (mayKeep) {
      if (state.blocks.hasMet(block, from, to)) {
        state.blocks.keep(block, from, to, { ...judgement, fields: fields.copy() }, keptBytes(fields));
      } else state.blocks.shapes.learn(judgement, state.limits.listBytes);
    }
    this.#onDecoded(stream, judgement, outcome.kind === 'too-large', isLast);
  }

  /** A block that was met before, or one that has the shape of others. */
  #known(block: Buffer, from: number, to: number): KnownBlock | undefined {
    const begin = afterUpdates(block, from, to);
    if (this.#shape?.match(block, begin, to) === true) return this.#shape.known;
    const { blocks } = this.#state;
    const known = blocks.find(block, from, to);
    this.#shape = known === undefined ? blocks.shapes.find(block, begin, to) : null;
    return known ?? this.#shape?.known;
  }

  #onDecoded(stream: number, block: KnownBlock, isTooLarge: boolean, isLast: boolean): void {
    const state = this.#state;
    const slot = state.streams.find(stream);
    if (slot < 0) this.#onNewBlock(stream, block, isTooLarge, isLast);
    else if ((state.streams.flags[slot]! & streamFlag.remoteEnd) !== 0) state.failStream(stream, streamClosed);
    else if (isTooLarge) state.failStream(stream, enhanceYourCalm);
    else if ((state.streams.flags[slot]! & streamFlag.hasHead) === 0) this.#onResponse(slot, block, isLast);
    else this.#onTrailers(slot, block, isLast);
  }

  /** A block of a stream that has no slot: a request, or one of a stream that is over. */
  #onNewBlock(stream: number, block: KnownBlock, isTooLarge: boolean, isLast: boolean): void {
    const state = this.#state;
    const { streams, limits } = state;
    const mayOpen = !state.isClient && stream % 2 === 1 && stream > state.lastPeerStream;
    if (!mayOpen) {
      state.onUnopened(stream, 'HEADERS');
      return;
    }
    state.lastPeerStream = stream;
    if (stream > state.lastAnswered) return; // our GOAWAY said so
    if (streams.count >= limits.maxStreams) state.failStream(stream, refusedStream);
    else if (isTooLarge) state.failStream(stream, enhanceYourCalm);
    else if (!block.isRequest || (isLast && block.contentLength > 0)) state.failStream(stream, protocolError);
    else {
      state.past.addOpened(stream);
      const slot = streams.add(stream, state.peer.initialWindow, limits.streamWindowBytes);
      this.#onHead(slot, block.fields, block.contentLength, isLast);
    }
  }

  #onResponse(slot: number, { fields, isResponse, isInterim, contentLength }: KnownBlock, isLast: boolean): void {
    const state = this.#state;
    const stream = state.streams.ids[slot]!;
    // Our requests are never HEAD: only 304 may say how long a body would be that it has not (RFC 9110 8.6).
    const isCutOff = isLast && contentLength > 0 && fields.value(':status') !== '304';
    if (!isResponse || isCutOff || (isInterim && isLast)) {
      state.failStream(stream, protocolError);
    } else if (isInterim) {
      if (state.countControl('an interim response')) state.events.onInterim(stream, fields);
    } else {
      this.#onHead(slot, fields, isLast ? -1 : contentLength, isLast);
    }
  }

  #onHead(slot: number, fields: FieldList, contentLength: number, isLast: boolean): void {
    const { streams, events } = this.#state;
    const stream = streams.ids[slot]!;
    streams.flags[slot] = streams.flags[slot]! | streamFlag.hasHead;
    streams.contentLeft[slot] = contentLength;
    events.onHead(stream, fields, isLast);
    if (isLast && streams.ids[slot] === stream) this.#state.endPeer(slot);
  }

  #onTrailers(slot: number, { fields, isTrailers }: KnownBlock, isLast: boolean): void {
    const state = this.#state;
    const stream = state.streams.ids[slot]!;
    if (!isLast || !isTrailers || state.streams.contentLeft[slot]! > 0) {
      state.failStream(stream, protocolError);
      return;
    }
    state.events.onTrailers(stream, fields);
    if (state.streams.ids[slot] === stream) state.endPeer(slot);
  }
}

/** Where the fields of a block begin: updates to a table of 0 are for its own decoder alone. */
const afterUpdates = (block: Buffer, from: number, to: number): number => {
  let at = from;
  while (at < to && block[at] === 0x20) at++;
  return at;
};
