import { BlockList } from 'node:net';

/**
 * Whether a connection arrived at the loopback or at an address in one of `subnets` (`198.18.16.0/24`), by the local address of
 * its socket. For servers that listen on all addresses, because the address of their machine can change.
 */
export const localAddressFilter = (subnets: readonly string[]): ((localAddress: string | undefined) => boolean) => {
  const ours = new BlockList();
  for (const subnet of ['127.0.0.0/8', ...subnets]) {
    const [base, prefix] = subnet.split('/');
    ours.addSubnet(base!, Number(prefix));
  }
  return (localAddress) => localAddress !== undefined && ours.check(localAddress.replace(/^::ffff:/, ''));
};
