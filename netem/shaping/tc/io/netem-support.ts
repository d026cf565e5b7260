import { PASS } from '../netem-tuple.ts';
import { removeLine, showQdiscsLine, treeLines } from '../tc-commands.ts';
import { foreignRoot, isOurs, parseQdiscs } from '../tc-readback.ts';
import { TcProcess } from './tc-process.ts';

export type NetemSupport = { readonly supported: true } | { readonly supported: false; readonly reason: string };

/**
 * Whether netem can be used in this network namespace, tried by building a tree of ours on its loopback device and removing it
 * again. That needs no other device and disturbs nothing: its one filter is for an address that nobody has, and everything
 * else bypasses it. `enter` are words to put in front of `tc`.
 */
export const netemSupport = async (enter: readonly string[] = []): Promise<NetemSupport> => {
  const tc = new TcProcess(enter);
  try {
    const { shown, failures } = await tc.run([showQdiscsLine(DEVICE)]);
    if (failures.length > 0) return unsupported(failures[0]!.problem);
    const qdiscs = parseQdiscs(shown[0]!);
    if (foreignRoot(qdiscs) !== undefined) return unsupported('the loopback device is shaped by somebody else');
    const leftOver = isOurs(qdiscs) ? [removeLine(DEVICE)] : [];
    const built = await tc.run([...leftOver, ...treeLines(TREE, [PASS])]);
    if (built.failures[0]?.index !== leftOver.length) await tc.run([removeLine(DEVICE)]);
    return built.failures.length === 0 ? { supported: true } : unsupported(reasonOf(built.failures[0]!));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return unsupported(isMissing ? 'tc is not installed (it comes with iproute2)' : (error as Error).message);
  } finally {
    await tc.close();
  }
};

const unsupported = (reason: string): NetemSupport => ({ supported: false, reason });

const reasonOf = ({ line, problem }: { readonly line: string; readonly problem: string }): string => {
  if (/not permitted/i.test(problem)) return 'changing the network needs CAP_NET_ADMIN';
  const module = [/netem/, /htb/, /u32/].find((pattern) => pattern.test(line));
  const isUnknown = /unknown|no such file/i.test(problem);
  return isUnknown && module !== undefined ? `this kernel has no ${MODULES[module.source]} (${problem})` : problem;
};

const MODULES: Readonly<Record<string, string>> = { netem: 'sch_netem', htb: 'sch_htb', u32: 'cls_u32' };

const DEVICE = 'lo';
const TREE = {
  device: DEVICE,
  classes: [{ link: 'probe', device: DEVICE, match: { destination: '198.19.255.255' } }],
  exemptPorts: [],
};
