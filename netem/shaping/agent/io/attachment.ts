import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';

/** How a namespace is attached to a network. */
export interface Attachment {
  readonly device: string;
  readonly address: string;
}

/** Whether this namespace has only its loopback left: its container has ended. */
export const isCutOff = (): boolean =>
  Object.values(networkInterfaces()).every((addresses) => addresses!.every(({ internal }) => internal));

/** The interface of this namespace on the network `subnet`, such as 198.18.16.0/24; null where it has none. */
export const attachmentTo = (subnet: string): Attachment | null => {
  const [base, prefix] = subnet.split('/');
  const members = new BlockList();
  members.addSubnet(base!, Number(prefix));
  for (const [device, addresses] of Object.entries(networkInterfaces())) {
    // On Swarm there may be a virtual address of the service besides the container's own; both lead here.
    const own = addresses!.find(({ family, address }) => family === 'IPv4' && members.check(address));
    if (own !== undefined) return { device, address: own.address };
  }
  return null;
};
