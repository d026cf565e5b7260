import type { NodeFrames } from './node-frames.ts';

/** What needs a stream to a node. */
export interface StreamSeeker {
  /** Opens its stream. False where the connection takes none now; true also where it needs none any more. */
  openOn(connection: NodeFrames): boolean;
  /** It waited, and there is no connection any more. */
  onNoConnection(): void;
}

/** What opens streams to a node, and ends them. */
export interface StreamSource {
  /** Opens a stream now, or once there is room. False where there is no connection, or too much waits already. */
  open(seeker: StreamSeeker): boolean;
  /** Ends a stream that nobody waits for any more. */
  cancel(connection: NodeFrames, stream: number): void;
}
