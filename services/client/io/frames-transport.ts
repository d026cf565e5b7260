import type { Ms } from '../../../core/time/clock.ts';
import { newKnownBlocks } from '../../../router/http2/known-blocks.ts';
import { Flusher } from '../../../router/io/frame-proxy/flusher.ts';
import type { AnswerListener, LoadTransport, OpenCall, OutgoingCall } from '../load-transport.ts';
import { FramesCall } from './frames-call.ts';
import { FramesChannel } from './frames-channel.ts';

/** Calls over the frame engine of the router: a message costs about half of what it costs over @grpc/grpc-js. */
export class FramesTransport implements LoadTransport {
  readonly #channels: ReadonlyMap<string, FramesChannel>;

  /** `addresses`: `host:port` by client. */
  constructor(addresses: ReadonlyMap<string, string>) {
    const shared = { flusher: new Flusher(), blocks: newKnownBlocks(BLOCKS_BYTES) };
    this.#channels = new Map([...addresses].map(([client, address]) => [client, new FramesChannel(address, shared)]));
  }

  async connect(withinMs: Ms): Promise<void> {
    await Promise.all(
      [...this.#channels].map(async ([client, channel]) => {
        if (await channel.connect(withinMs)) return;
        throw new Error(`client ${client} did not reach the router within ${withinMs} ms`);
      }),
    );
  }

  call(call: OutgoingCall, listener: AnswerListener): OpenCall {
    const channel = this.#channels.get(call.client)!;
    const made = new FramesCall(channel.authority, call, listener);
    channel.open(made);
    return made;
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
  }
}

/** What all connections together keep of answers' headers: some hundred lists. */
const BLOCKS_BYTES = 1 << 18;
