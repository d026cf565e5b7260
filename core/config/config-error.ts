/** Where in a file something is: lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * A mistake in what the user wrote, told in one line: where, what stands there, and what was expected.
 * A command that meets one prints the message and exits with code 2.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly path: string;
  readonly position: Position | undefined;

  /** `path` is the dotted place in the document (`nodes.ashburn.profile`), empty for the whole of it. */
  constructor(path: string, message: string, position?: Position) {
    const place = position === undefined ? '' : `${position.file}:${position.line}:${position.column}: `;
    super(`${place}${path === '' ? '' : `${path} `}${message}`);
    this.path = path;
    this.position = position;
  }
}
