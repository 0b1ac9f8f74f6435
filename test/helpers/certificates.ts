import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endAfterAll } from './cleanup.js';

/** A certificate and its key, as PEM files and their text. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** A CA of the test's own, which issues certificates for 127.0.0.1 and localhost that name their owner. */
export function createAuthority(name: string): Certificate & { issue(owner: string): Certificate } {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  endAfterAll(async () => rmSync(folder, { recursive: true, force: true }));

  function make(owner: string, options: string[]): Certificate {
    const [certFile, keyFile] = [join(folder, `${owner}.crt`), join(folder, `${owner}.key`)] as const;
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', `/CN=${owner}`, '-keyout', keyFile, '-out', certFile],
        ...options,
      ],
      { stdio: 'pipe' },
    );
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  }

  const authority = make(name, []);
  const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
  const isNoAuthority = 'basicConstraints=critical,CA:FALSE';
  return {
    ...authority,
    issue: (owner) =>
      make(owner, [
        ...['-CA', authority.certFile, '-CAkey', authority.keyFile, '-addext', names, '-addext', isNoAuthority],
      ]),
  };
}
