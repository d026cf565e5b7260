import type { FieldList } from '../../http2/field-list.ts';
import type { DataPathOptions } from '../data-path.ts';
import { HELD_BYTES } from '../http2-limits.ts';
import { type ByteCarrier, ProxyPath } from '../proxy-path.ts';
import { ClientFrames } from './client-frames.ts';
import { FrameCore } from './frame-core.ts';
import { FrameRequest } from './frame-request.ts';
import { wholeBlock } from './frame-status.ts';
import { FrameUpstream } from './frame-upstream.ts';
import { OwnExchange } from './own-exchange.ts';
import { ownFields } from './passed-fields.ts';

/**
 * A data path over the frame engine (`router/http2`): it keeps the contract of `Http2Proxy`, and passes messages as slices of what the
 * sockets have read.
 */
export class FrameProxy extends ProxyPath<FrameUpstream> {
  /** It holds at most about twice `heldBytes` of what receivers do not take. */
  constructor(options: DataPathOptions, heldBytes = HELD_BYTES) {
    super(options, overFrames(heldBytes));
  }
}

const overFrames = (heldBytes: number): ByteCarrier<FrameUpstream> => {
  const core = new FrameCore(heldBytes);
  return {
    name: 'frames',
    node: (address, onChange, keepalive) => new FrameUpstream(address, onChange, keepalive, core.nodes),
    clients: (seat) => {
      const serve = (client: ClientFrames, stream: number, fields: FieldList, isLast: boolean): void =>
        serveRequest(seat.path, core, { client, stream, fields }, isLast);
      return (socket) => new ClientFrames({ ...core.clients, socket }, core.held.account(), serve);
    },
  };
};

const serveRequest = (
  path: ProxyPath<FrameUpstream>,
  core: FrameCore,
  received: { readonly client: ClientFrames; readonly stream: number; readonly fields: FieldList },
  isBodyWhole: boolean,
): void => {
  const { client, stream } = received;
  const admission = path.admit(core.view.of(received.fields), client.isEnding);
  switch (admission.kind) {
    case 'own':
      new OwnExchange(admission.own, admission.service, received).start(isBodyWhole);
      break;
    case 'not-grpc':
      client.sendBlock(stream, admission.httpStatus === 405 ? ONLY_POST : NOT_GRPC, true);
      break;
    case 'refused':
      client.sendBlock(stream, wholeBlock(admission.status, null, null, Number.POSITIVE_INFINITY), true);
      break;
    default: {
      const request = new FrameRequest(path, core, {
        client,
        stream,
        fields: received.fields,
        admitted: admission,
        isBodyWhole,
      });
      request.start();
      path.wasRouted();
    }
  }
};

const { block: ONLY_POST } = ownFields({ ':status': '405', allow: 'POST' });
const { block: NOT_GRPC } = ownFields({ ':status': '415' });
