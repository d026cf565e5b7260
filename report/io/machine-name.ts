import { arch, cpus, platform } from 'node:os';

/** This machine, as results name it. */
export const machineName = (): string =>
  `${platform()}/${arch()}, ${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, node ${process.version}`;
