/** Which packets that leave a device belong to a link. */
export interface Match {
  /** IPv4 address of the peer, `198.18.0.2`. */
  readonly destination: string;
  /** Ports are read at their place in TCP and UDP packets without IP options. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

/** One link, one direction: what leaves `device` and matches goes through it. The first class that matches wins. */
export interface ShapedClass {
  readonly link: string;
  readonly device: string;
  readonly match: Match;
  /** A rate that the classes of the device with the same name share, such as the uplink of a dish: kilobits a second. */
  readonly shared?: { readonly name: string; readonly rateKbps: number };
}

/** All links that begin in one network namespace. */
export interface ShapingPlan {
  readonly classes: readonly ShapedClass[];
  /** Ports for control, metrics, health: never shaped, neither as source nor as destination port, on any device of the plan. */
  readonly exemptPorts: readonly number[];
}

/** The part of a plan that is one tree in the kernel. */
export interface DeviceTree {
  readonly device: string;
  readonly classes: readonly ShapedClass[];
  readonly exemptPorts: readonly number[];
}

/** A tree for each device of the plan. Throws a RangeError for a plan that `tc` cannot express, or that is ambiguous. */
export const treesOf = ({ classes, exemptPorts }: ShapingPlan): readonly DeviceTree[] => {
  const links = new Set<string>();
  for (const { link, device, match } of classes) {
    if (links.has(link)) throw new RangeError(`link ${link} is in the plan twice`);
    if (!DEVICE_NAME.test(device)) throw new RangeError(`${JSON.stringify(device)} is no name of a device`);
    checkMatch(match);
    links.add(link);
  }
  exemptPorts.forEach(checkPort);
  if (exemptPorts.length > MOST_EXEMPT_PORTS) throw new RangeError(`more than ${MOST_EXEMPT_PORTS} exempt ports`);
  const trees = [...Map.groupBy(classes, ({ device }) => device)].map(([device, own]) => ({
    device,
    classes: own,
    exemptPorts: [...new Set(exemptPorts)],
  }));
  for (const tree of trees) {
    if (tree.classes.length > MOST_LINKS) throw new RangeError(`more than ${MOST_LINKS} links on ${tree.device}`);
  }
  return trees;
};

/** Throws a RangeError for a text that is not an IPv4 address or a port: it becomes part of a line for `tc`. */
export const checkMatch = ({ destination, sourcePort, destinationPort }: Match): void => {
  if (!IPV4.test(destination)) throw new RangeError(`${JSON.stringify(destination)} is no IPv4 address`);
  if (sourcePort !== undefined) checkPort(sourcePort);
  if (destinationPort !== undefined) checkPort(destinationPort);
};

const checkPort = (port: number): void => {
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) throw new RangeError(`${port} is no port`);
};

// A table of u32 numbers its filters from 1 to 0xfff: two for each exempt port below 0x100, the links from there on.
const MOST_EXEMPT_PORTS = 127;
const MOST_LINKS = 0xe00;

const DEVICE_NAME = /^[\w.:@-]{1,15}$/; // the kernel takes 15 characters
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
