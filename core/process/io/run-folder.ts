import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { diskErrorOf } from '../../config/disk-error.ts';
import { writeWhole } from '../../config/io/write-whole.ts';

/** A run that the parts of a running topology record, as wall-clock instants in milliseconds. */
export interface RecordingMark {
  /** Also the name of the folder that the parts write their logs to. */
  readonly id: string;
  readonly fromUnixMs: number;
  readonly untilUnixMs: number;
  readonly isOver: boolean;
}

/** That a part found the configuration wrong, which all parts have alike. */
export interface ConfigRefusal {
  readonly line: string;
  /** Of what all parts are told alike. */
  readonly digest: string;
  readonly atUnixMs: number;
}

/**
 * What the parts of a running topology and its load agree on, as small files in a folder that they share: when scenario
 * time began, and which run to record. Files are replaced as a whole, so that no reader sees half of one.
 */
export class RunFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** When scenario time began, null while it is not known. */
  startUnixMs(): number | null {
    return this.#read<{ readonly startUnixMs: number }>('clock.json')?.startUnixMs ?? null;
  }

  beginAt(startUnixMs: number): void {
    this.#write('clock.json', { startUnixMs });
  }

  /** Records that a part starts, so that the processes that depend on it notice a new one. */
  announceBirth(part: string, bornUnixMs: number): void {
    const path = this.#birthOf(part);
    closeSync(openSync(path, 'a')); // an empty file can be made even on a full disk
    utimesSync(path, bornUnixMs / 1000, bornUnixMs / 1000);
  }

  /** When a part last started, as a wall-clock instant; null where it never recorded one. */
  birthOf(part: string): number | null {
    return statSync(this.#birthOf(part), { throwIfNoEntry: false })?.mtimeMs ?? null;
  }

  /** When a part last started, of all that ever did. */
  newestBirthUnixMs(): number {
    const births = readdirSync(this.#path).filter((name) => name.endsWith(BIRTH));
    return Math.max(0, ...births.map((name) => this.birthOf(name.slice(0, -BIRTH.length)) ?? 0));
  }

  /** What its load has to show to a part for an order; null where that part said nothing. */
  adminToken(part: string): string | null {
    return this.#read<{ readonly token: string }>(`${part}.admin.json`)?.token ?? null;
  }

  keepAdminToken(part: string, token: string): void {
    this.#write(`${part}.admin.json`, { token }, 0o600);
  }

  /** The last one; null where no part ever refused. */
  refusal(): ConfigRefusal | null {
    return this.#read<ConfigRefusal>('refusal.json');
  }

  refuse(refusal: ConfigRefusal): void {
    this.#write('refusal.json', refusal);
  }

  recording(): RecordingMark | null {
    return this.#read<RecordingMark>('recording.json');
  }

  /** Throws `DiskError` when the disk does not take it. */
  record(recording: RecordingMark): void {
    const logs = this.logsOf(recording.id);
    try {
      mkdirSync(logs, { recursive: true });
    } catch (error) {
      throw diskErrorOf(logs, error);
    }
    this.#write('recording.json', recording);
  }

  logsOf(id: string): string {
    return join(this.#path, id);
  }

  #birthOf(part: string): string {
    return join(this.#path, `${part}${BIRTH}`);
  }

  #read<T>(name: string): T | null {
    const path = join(this.#path, name);
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new Error(`cannot read ${path}: ${(error as Error).message}`);
    }
  }

  #write(name: string, value: object, mode = 0o644): void {
    writeWhole(join(this.#path, name), JSON.stringify(value), mode);
  }
}

const BIRTH = '.birth';
