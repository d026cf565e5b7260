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
    means: 'a bare `docker compose up` cannot publish it; `run --host compose` takes any free port',
    fix: '`docker compose down` if Starlane itself is up; otherwise set STARLANE_PORT to another',
  });
};

const COMMITTED = ipv4Block(COMMITTED_NETWORKS)!;
const ALL = ipv4Block(STARLANE_NETWORKS)!;

/**
 * Tried on Docker 20.10: the engine refuses a subnet that overlaps one of its own networks, and accepts one that an
 * interface already has, which then splits the traffic. Where a wider route is in use, the narrower one of the
 * containers wins, so both work until the other needs those very addresses.
 */
export const networksVerdict = (taken: readonly TakenBlock[]): Verdict => {
  const overlapping = taken.filter(({ block }) => overlap(COMMITTED, block));
  const colliding = overlapping.filter(({ device, block }) => isDockers(device) || contains(COMMITTED, block));
  if (colliding.length > 0) {
    return warning({
      found: `${told(colliding)} overlaps ${COMMITTED_NETWORKS}`,
      means: 'a bare `docker compose up` cannot have its networks; `up` and `run --host compose` choose free ones',
      fix: '`docker compose down` if Starlane itself is up; otherwise set STARLANE_FIBRE_SUBNET and its kin to others',
    });
  }
  const near = taken.filter(({ device, block }) => !isDockers(device) && overlap(ALL, block));
  if (near.length > 0) {
    return warning({
      found: `${told(near)} overlaps ${STARLANE_NETWORKS}`,
      means: 'Starlane’s networks lie there: while they are up, that device loses the addresses they take',
      fix: 'switch it off during runs (a VPN or proxy with made-up addresses often sits there)',
    });
  }
  return ok(`${COMMITTED_NETWORKS} free`, 'containers can have their networks');
};

const told = (blocks: readonly TakenBlock[]): string =>
  blocks.map(({ device, block }) => `${device} at ${cidrOf(block)}`).join(', ');

/** Docker's names for its bridges; it keeps networks of its own apart by itself. */
const isDockers = (device: string): boolean => /^(docker|br-)/.test(device);
