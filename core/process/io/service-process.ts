/** What a part of a run tells the process that started it. */
export type FromService<Ready, Progress> =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'ready'; readonly ready: Ready }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done' }
  | { readonly kind: 'error'; readonly message: string };

export type ToService<Setup> =
  | { readonly kind: 'configure'; readonly setup: Setup }
  | { readonly kind: 'begin'; readonly startUnixMs: number }
  | { readonly kind: 'stop' };

/** A part of a run that is up. */
export interface Service<Ready> {
  /** What the others must know of it, such as its port. */
  readonly ready: Ready;
  /** The run starts at that instant of the wall clock. */
  begin(startUnixMs: number): void;
  close(): Promise<void> | void;
}

/** How a part speaks while it is up. */
export interface Parent<Progress> {
  progress(progress: Progress): void;
  done(): void;
}

/**
 * The life of a part of a run in a process of its own: it says that it is loaded, is configured and up, begins with the
 * others, and ends when it is told to or when its parent is gone. Ctrl-C reaches every process of a terminal; only the parent acts on it.
 */
export const runService = <Setup, Ready, Progress = never>(
  start: (setup: Setup, parent: Parent<Progress>) => Promise<Service<Ready>>,
): void => {
  if (process.send === undefined) {
    process.stderr.write('starlane: this is a part of a run; start one with: starlane run FILE\n');
    process.exit(2);
  }
  let service: Service<Ready> | null = null;
  const tell = (message: FromService<Ready, Progress>): void => {
    if (process.connected) process.send!(message);
  };
  const end = async (exitCode: number): Promise<never> => {
    await service?.close();
    process.exit(exitCode);
  };
  const fail = (error: unknown): void => {
    tell({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
    void end(1);
  };
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => void end(0));
  process.on('disconnect', () => void end(0));
  process.on('uncaughtException', fail);
  process.on('message', (message: ToService<Setup>) => {
    if (message.kind === 'stop') {
      void end(0);
      return;
    }
    if (message.kind === 'begin') {
      service?.begin(message.startUnixMs);
      return;
    }
    const parent: Parent<Progress> = {
      progress: (progress) => tell({ kind: 'progress', progress }),
      done: () => tell({ kind: 'done' }),
    };
    start(message.setup, parent).then((started) => {
      service = started;
      tell({ kind: 'ready', ready: started.ready });
    }, fail);
  });
  tell({ kind: 'loaded' });
};
