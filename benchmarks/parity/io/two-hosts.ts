import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProbeOrder, ProbeReport, StreamOrder } from './host.ts';
import type { MessagesOrder } from './timed-messages.ts';

export const ECHO_PORT = 7000;
export const EXEMPT_PORT = 9464;
export const OTHER_ECHO_PORT = 7002;

/** Runs a command and answers what it prints. */
export const run = (command: string): string => {
  const [program, ...words] = command.split(' ');
  return execFileSync(program!, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
};

export interface NamespaceHost {
  readonly namespace: string;
  readonly device: string;
  readonly address: string;
  /** Words that run a command in the host's namespace. */
  readonly enter: readonly string[];
  probe(order: ProbeOrder): Promise<ProbeReport>;
  /** Several at the same time. */
  probeAll(orders: readonly ProbeOrder[]): Promise<readonly ProbeReport[]>;
  /** Sends so many bytes over TCP and answers how long it took until the other end had them, in milliseconds. */
  stream(order: StreamOrder): Promise<number>;
  /** Sends messages over one connection and answers how long each took, there and back, in milliseconds. */
  messages(order: MessagesOrder): Promise<readonly number[]>;
}

export interface TwoHosts {
  readonly a: NamespaceHost;
  readonly b: NamespaceHost;
  close(): Promise<void>;
}

/** Two network namespaces with a cable between them, and in each a process that echoes and probes. */
export const twoHosts = async (): Promise<TwoHosts> => {
  for (const side of ['a', 'b']) run(`ip netns add starlane-${side}`);
  run('ip link add wire-a netns starlane-a type veth peer name wire-b netns starlane-b');
  const processes: ChildProcess[] = [];
  const host = async (side: string, address: string): Promise<NamespaceHost> => {
    const namespace = `starlane-${side}`;
    const device = `wire-${side}`;
    run(`ip -n ${namespace} addr add ${address}/24 dev ${device}`);
    run(`ip -n ${namespace} link set ${device} up`);
    run(`ip -n ${namespace} link set lo up`);
    const enter = ['ip', 'netns', 'exec', namespace];
    const ports = JSON.stringify([ECHO_PORT, EXEMPT_PORT, OTHER_ECHO_PORT]);
    const script = fileURLToPath(new URL('./host.ts', import.meta.url));
    const child = spawn(enter[0]!, [...enter.slice(1), process.execPath, script, ports], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    processes.push(child);
    await once(child, 'message');
    const ask = async (order: object): Promise<unknown> => {
      child.send(order);
      return (await once(child, 'message'))[0];
    };
    return {
      namespace,
      device,
      address,
      enter,
      probe: async (order) => ((await ask({ probes: [order] })) as ProbeReport[])[0]!,
      probeAll: async (probes) => (await ask({ probes })) as ProbeReport[],
      stream: async (order) => (await ask({ stream: order })) as number,
      messages: async (order) => (await ask({ messages: order })) as number[],
    };
  };
  const [a, b] = [await host('a', '198.18.0.1'), await host('b', '198.18.0.2')];
  run(`${a.enter.join(' ')} ping -c 1 -W 2 ${b.address}`); // ARP, before anything is counted
  return {
    a,
    b,
    async close() {
      for (const child of processes) {
        const gone = once(child, 'exit');
        child.disconnect();
        await gone;
      }
      for (const { namespace } of [a, b]) run(`ip netns del ${namespace}`);
    },
  };
};

/** Round trips of the probes that came back, in milliseconds, least first. */
export const roundTripsMs = ({ sentAtMs, backAtMs }: ProbeReport): readonly number[] =>
  sentAtMs
    .flatMap((sentMs, index) => (backAtMs[index] == null ? [] : [backAtMs[index] - sentMs]))
    .toSorted((x, y) => x - y);
