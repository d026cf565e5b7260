import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { diskErrorOf } from '../../../core/config/disk-error.ts';
import { checkOutput, makeFolder } from '../../../core/config/io/output.ts';
import type { Stretch } from '../merged-timeline.ts';
import { PacketOpportunities } from '../packet-opportunities.ts';

/**
 * Writes two files for a link direction, as its intervals come: `NAME.jsonl` with each change, `NAME.mahimahi` for mm-link. They
 * have these names once they are whole. Throws `DiskError` when the disk does not take them.
 */
export class LinkExport {
  readonly #changes: TextFile;
  readonly #packets: TextFile;
  readonly #opportunities = new PacketOpportunities();

  /** Makes the folder. Throws `ConfigError` when it cannot be written to. */
  constructor(folder: string, name: string) {
    makeFolder(folder, '--export');
    const [changes, packets] = [join(folder, `${name}.jsonl`), join(folder, `${name}.mahimahi`)];
    for (const path of [changes, packets]) checkOutput(path, '--export');
    this.#changes = new TextFile(changes);
    this.#packets = new TextFile(packets);
  }

  add(stretch: Stretch): void {
    this.#changes.line(JSON.stringify({ atMs: stretch.fromMs, ...stretch.state }));
    for (const instant of this.#opportunities.of(stretch)) this.#packets.line(String(instant));
  }

  close(): void {
    this.#changes.close();
    this.#packets.close();
  }
}

class TextFile {
  readonly #path: string;
  readonly #file: number;
  #text = '';

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(`${path}.new`, 'w');
  }

  line(text: string): void {
    this.#text += `${text}\n`;
    if (this.#text.length > BUFFERED_CHARACTERS) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
    renameSync(`${this.#path}.new`, this.#path);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
    } catch (error) {
      closeSync(this.#file);
      rmSync(`${this.#path}.new`, { force: true });
      throw diskErrorOf(this.#path, error);
    }
  }
}

const BUFFERED_CHARACTERS = 1 << 16;
