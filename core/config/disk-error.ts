/**
 * A place on a disk took no more of what had to be written, as one line: the place and the reason. A command reports what it has,
 * prints the message and exits with code 3.
 */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly path: string;
  readonly reason: string;

  /** `reason` in words: see `diskReason`. */
  constructor(path: string, reason: string) {
    super(`cannot write ${path}: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}

/** Why the system did not write something, in words. */
export const diskReason = (error: unknown): string => {
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
};

/** The error of the system as a `DiskError` of `path`; one that already is a `DiskError` stays as it is. */
export const diskErrorOf = (path: string, error: unknown): DiskError =>
  error instanceof DiskError ? error : new DiskError(path, diskReason(error));

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of it is a file',
  EEXIST: 'it is a file',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'that file system is read-only',
  ENOSPC: 'that disk is full',
  EDQUOT: 'the disk quota of this user is used up',
  EFBIG: 'the file may not become longer here',
  EIO: 'that disk has an error',
  EMFILE: 'too many files are open in this process',
  ENFILE: 'too many files are open on this machine',
  ENAMETOOLONG: 'the name is too long',
  ERR_INVALID_ARG_VALUE: 'it holds a null character',
};
