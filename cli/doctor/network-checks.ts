import { cidrOf, contains, ipv4Block, overlap } from '../../core/net/ipv4-block.ts';
import { ok, type Verdict, warning } from './check.ts';
import type { PortFacts, TakenBlock } from './facts.ts';
import { COMMITTED_NETWORKS, STARLANE_NETWORKS } from './published.ts';

export const portsVerdict = (ports: readonly PortFacts[]): Verdict => {
  const name = ({ port, what }: PortFacts): string => `127.0.0.1:${port} (${what})`;
  const refused = ports.filter(({ refusal }) => refusal !== null);
  if (refused.length === 0) return ok(`${ports.map(name).join(', ')} free`, 'they can be published');
  const told = refused.map((port) => `${name(port)} ${port.refusal === 'EADDRINUSE' ? 'is taken' : port.refusal}`);
  return warning({
    found: told.join(', '),
    means: 'a plain `docker compose up` cannot publish it; `run --host compose` uses any free port',
    fix: '`docker compose down` if Starlane itself is running; otherwise set STARLANE_PORT to another port',
  });
};

const COMMITTED = ipv4Block(COMMITTED_NETWORKS)!;
const ALL = ipv4Block(STARLANE_NETWORKS)!;

/**
 * Tried on Docker 20.10. The engine refuses a subnet that overlaps one of its own networks. It accepts a subnet that an
 * interface already has, and then the traffic is divided between the two. If a wider route is in use, the narrower route of
 * the containers wins. Then both work until the other network needs these addresses.
 */
export const networksVerdict = (taken: readonly TakenBlock[]): Verdict => {
  const overlapping = taken.filter(({ block }) => overlap(COMMITTED, block));
  const colliding = overlapping.filter(({ device, block }) => isDockers(device) || contains(COMMITTED, block));
  if (colliding.length > 0) {
    return warning({
      found: `${told(colliding)} overlaps ${COMMITTED_NETWORKS}`,
      means: 'a plain `docker compose up` cannot create its networks; `up` and `run --host compose` choose free ones',
      fix: '`docker compose down` if Starlane itself is running; otherwise set STARLANE_{FIBRE,LASER,ACCESS}_SUBNET to others',
    });
  }
  const near = taken.filter(({ device, block }) => !isDockers(device) && overlap(ALL, block));
  if (near.length > 0) {
    return warning({
      found: `${told(near)} overlaps ${STARLANE_NETWORKS}`,
      means: 'Starlane uses networks in this range: while they are up, that device cannot use the same addresses',
      fix: 'switch it off during runs (it is often a VPN or a proxy with virtual addresses)',
    });
  }
  return ok(`${COMMITTED_NETWORKS} free`, 'containers can use these networks');
};

const told = (blocks: readonly TakenBlock[]): string =>
  blocks.map(({ device, block }) => `${device} at ${cidrOf(block)}`).join(', ');

/** Docker's names for its bridges. Docker itself prevents overlaps between its networks. */
const isDockers = (device: string): boolean => /^(docker|br-)/.test(device);
