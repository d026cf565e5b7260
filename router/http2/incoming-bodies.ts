import type { ConnectionState } from './connection-state.ts';
import { http2Code } from './http2-code.ts';
import { streamFlag } from './stream-table.ts';

const { protocolError, flowControlError, streamClosed, enhanceYourCalm } = http2Code;

/** DATA of the peer: windows, bodies that are as long as they say, and ends (RFC 9113 5.2, 6.1, 8.1). */
export class IncomingBodies {
  readonly #state: ConnectionState;
  /** The frame that is being read: its slot, -1 where it is left out, what it counts, and the bytes so far without padding. */
  #slot = -1;
  #flowBytes = 0;
  #bodyBytes = 0;

  constructor(state: ConnectionState) {
    this.#state = state;
  }

  onDataBegin(stream: number, flowBytes: number): void {
    const state = this.#state;
    const { streams } = state;
    this.#slot = -1;
    this.#flowBytes = flowBytes;
    this.#bodyBytes = 0;
    state.receiveWindow -= flowBytes;
    if (state.receiveWindow < 0) {
      state.fail(flowControlError, 'more data than the window of the connection');
      return;
    }
    const slot = streams.find(stream);
    const flags = slot < 0 ? 0 : streams.flags[slot]!;
    if (slot < 0) state.onUnopened(stream, 'DATA');
    else if ((flags & streamFlag.remoteEnd) !== 0) state.failStream(stream, streamClosed);
    else if ((flags & streamFlag.hasHead) === 0) state.failStream(stream, protocolError);
    else if (streams.receiveWindow[slot]! < flowBytes) state.failStream(stream, flowControlError);
    else {
      this.#slot = slot;
      streams.receiveWindow[slot] = streams.receiveWindow[slot]! - flowBytes;
      streams.unused[slot] = streams.unused[slot]! + flowBytes;
      if (flowBytes > 0) state.control.credit(1); // peers measure the path with a PING beside data
    }
    if (this.#slot < 0 || state.limits.creditsAtOnce) state.giveBack(flowBytes);
  }

  onData(stream: number, bytes: Buffer, from: number, to: number): void {
    if (!this.#isWanted(stream)) return;
    const { streams, events } = this.#state;
    this.#bodyBytes += to - from;
    const left = streams.contentLeft[this.#slot]!;
    if (left >= 0) {
      if (to - from > left) {
        this.#state.failStream(stream, protocolError); // longer than its content-length (8.1.1)
        return;
      }
      streams.contentLeft[this.#slot] = left - (to - from);
    }
    events.onData(stream, bytes, from, to);
  }

  onDataEnd(stream: number, isLast: boolean): void {
    const state = this.#state;
    const isEmpty = this.#flowBytes === 0 || (this.#slot >= 0 && this.#bodyBytes === 0);
    if (isEmpty && !isLast && !state.empties.take(state.nowMs)) {
      state.fail(enhanceYourCalm, 'too many empty DATA frames');
      return;
    }
    if (!this.#isWanted(stream)) return;
    const padding = this.#flowBytes - this.#bodyBytes;
    if (padding > 0) state.use(this.#slot, padding);
    if (isLast) state.endPeer(this.#slot);
  }

  /** Whether the frame is not left out, and its stream still there. */
  #isWanted(stream: number): boolean {
    return this.#slot >= 0 && this.#state.streams.ids[this.#slot] === stream && !this.#state.isClosed;
  }
}
