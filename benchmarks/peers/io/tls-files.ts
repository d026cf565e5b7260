import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './case-session.ts';

/** A new certificate for `localhost` that signed itself, for a day; null where there is no openssl. */
export const makeTlsFiles = (folder: string): Bench['tls'] => {
  const [certFile, keyFile, pairFile] = ['cert.pem', 'key.pem', 'pair.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const { status } = spawnSync('openssl', ['req', '-x509', ...made, ...subject, '-keyout', keyFile, '-out', certFile], {
    stdio: 'ignore',
  });
  if (status !== 0) return null;
  const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
  writeFileSync(pairFile, cert + key);
  return { certFile, keyFile, pairFile, cert, key };
};
