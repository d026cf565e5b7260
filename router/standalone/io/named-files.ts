import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ConfigError } from '../../../core/config/config-error.ts';
import { readText } from '../../../core/config/io/read-text.ts';
import type { Config } from '../../../core/config/read-config.ts';
import type { ClientTls, NodeTls } from '../../io/address.ts';
import type { StandaloneConfig } from '../standalone-schema.ts';

type ConfiguredTls = NonNullable<StandaloneConfig['endpoints'][string]['tls']>;

/** The files that a configuration names, each mistake with the position of the name. */
export class NamedFiles {
  readonly #config: Config<StandaloneConfig>;
  readonly #folder: string;

  constructor(config: Config<StandaloneConfig>, folder: string) {
    this.#config = config;
    this.#folder = folder;
  }

  serverTls(): ClientTls | null {
    const { tls } = this.#config.value;
    if (tls === undefined) return null;
    const { cert, key, ca } = tls;
    const own = this.#identity(['tls'], cert, key);
    const signers = ca === undefined ? {} : { ca: this.#certificate(['tls', 'ca'], ca) };
    this.#checkTogether(['tls'], { ...own, ...signers });
    return tls.clientCert === undefined ? own : { ...own, ...signers };
  }

  endpointTls(name: string, tls: ConfiguredTls): NodeTls {
    if (tls === true) return {};
    const path = ['endpoints', name, 'tls'];
    const { serverName, ca, cert, key } = tls;
    const texts = {
      ...(ca !== undefined && { ca: this.#certificate([...path, 'ca'], ca) }),
      ...(cert !== undefined && key !== undefined && this.#identity(path, cert, key)),
    };
    this.#checkTogether(path, texts);
    return { ...texts, ...(serverName !== undefined && { serverName }) };
  }

  adminToken(): string | null {
    const file = this.#config.value.admin?.tokenFile;
    if (file === undefined) return null;
    const path = ['admin', 'tokenFile'];
    const token = this.#text(path, file, 'the token of the operator').trim();
    if (token === '') throw this.#config.mistake(path, `names ${file}, which is empty, expected a token`);
    return token;
  }

  tokenDigests(): readonly Uint8Array[] | null {
    const file = this.#config.value.auth?.bearerTokensFile;
    if (file === undefined) return null;
    const path = ['auth', 'bearerTokensFile'];
    const tokens = this.#text(path, file, 'tokens, one a line')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    if (tokens.length === 0) throw this.#config.mistake(path, `names ${file}, which has no token, expected one a line`);
    return tokens.map((token) => createHash('sha256').update(token).digest());
  }

  #text(path: readonly string[], file: string, what: string): string {
    try {
      return readText(resolve(this.#folder, file), what);
    } catch (error) {
      if (error instanceof ConfigError)
        throw this.#config.mistake(path, `names a file that is of no use: ${error.message}`);
      throw error;
    }
  }

  /** A certificate and its key. */
  #identity(path: readonly string[], cert: string, key: string): { readonly cert: string; readonly key: string } {
    const texts = { cert: this.#certificate([...path, 'cert'], cert), key: this.#key([...path, 'key'], key) };
    if (!new X509Certificate(texts.cert).checkPrivateKey(createPrivateKey(texts.key)))
      throw this.#config.mistake([...path, 'key'], `names ${key}, expected the key of the certificate in ${cert}`);
    return texts;
  }

  #certificate(path: readonly string[], file: string): string {
    const text = this.#text(path, file, 'a PEM file');
    this.#checked(path, file, 'a certificate', () => new X509Certificate(text));
    return text;
  }

  #key(path: readonly string[], file: string): string {
    const text = this.#text(path, file, 'a PEM file');
    this.#checked(path, file, 'a private key without a passphrase', () => createPrivateKey(text));
    return text;
  }

  #checked(path: readonly string[], file: string, what: string, read: () => unknown): void {
    try {
      read();
    } catch {
      throw this.#config.mistake(path, `names ${file}, expected ${what} in PEM`);
    }
  }

  /** OpenSSL refuses some that are well written, such as short keys. */
  #checkTogether(path: readonly string[], texts: SecureContextOptions): void {
    try {
      createSecureContext(texts);
    } catch (error) {
      throw this.#config.mistake(path, `has PEM files that TLS refuses: ${(error as Error).message}`);
    }
  }
}
