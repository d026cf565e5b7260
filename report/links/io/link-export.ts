import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Stretch } from '../merged-timeline.ts';
import { PacketOpportunities } from '../packet-opportunities.ts';

/** Writes two files for a link direction, as its intervals come: `NAME.jsonl` with each change, `NAME.mahimahi` for mm-link. */
export class LinkExport {
  readonly #changes: TextFile;
  readonly #packets: TextFile;
  readonly #opportunities = new PacketOpportunities();

  /** Creates the folder. Throws a message of one line when it cannot be written to. */
  constructor(folder: string, name: string) {
    try {
      mkdirSync(folder, { recursive: true });
      this.#changes = new TextFile(join(folder, `${name}.jsonl`));
      this.#packets = new TextFile(join(folder, `${name}.mahimahi`));
    } catch (error) {
      throw new Error(`cannot write links to ${folder}: ${(error as Error).message}`);
    }
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
  readonly #file: number;
  #text = '';

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  line(text: string): void {
    this.#text += `${text}\n`;
    if (this.#text.length > BUFFERED_CHARACTERS) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
  }
}

const BUFFERED_CHARACTERS = 1 << 16;
