/** A position in a file: lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * A mistake in what the user wrote, as one line: the place, the value, and the expectation.
 * A command prints the message and exits with code 2.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly path: string;
  readonly position: Position | undefined;

  /** `path` is the dotted place in the document (`nodes.ashburn.profile`), empty for the whole document. */
  constructor(path: string, message: string, position?: Position) {
    const place = position === undefined ? '' : `${position.file}:${position.line}:${position.column}: `;
    super(`${place}${path === '' ? '' : `${path} `}${message}`);
    this.path = path;
    this.position = position;
  }
}
