import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { type FileLogger, watchFilesOf } from '../watched-file.js';

/** The PEM files of a server's TLS. */
export interface TlsSettings {
  /** The certificate, with those between it and its CA behind it. */
  readonly certFile: string;
  readonly keyFile: string;
  /** The CAs that have issued the certificates of clients; null where clients need none. */
  readonly clientCaFile: string | null;
}

/** What the files say, in the words of https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions. */
export interface TlsContext {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
}

/** The files of a server's TLS, which are read again when they change. */
export interface TlsFiles {
  readonly current: TlsContext;
  /** Whether clients have to have a certificate. */
  readonly asksClients: boolean;
  /** Calls `apply` with each later content of the files. */
  onChange(apply: (context: TlsContext) => void): void;
  close(): void;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads the files and watches them. Throws a FileError where they are wrong at first, and logs an error where they are later. */
export function openTlsFiles({ certFile, keyFile, clientCaFile }: TlsSettings, logger: FileLogger): TlsFiles {
  const listeners: ((context: TlsContext) => void)[] = [];
  const files = watchFilesOf(
    [
      { setting: 'TLS_CERT_FILE', path: certFile },
      { setting: 'TLS_KEY_FILE', path: keyFile },
      ...(clientCaFile === null ? [] : [{ setting: 'TLS_CLIENT_CA_FILE', path: clientCaFile }]),
    ],
    ([cert = '', key = '', ca]) => toContext(cert, key, ca),
    logger,
    (context) => {
      for (const apply of listeners) apply(context);
    },
  );
  return {
    get current() {
      return files.current;
    },
    asksClients: clientCaFile !== null,
    onChange: (apply) => void listeners.push(apply),
    close: () => files.close(),
  };
}

/** Throws unless a server can use it: OpenSSL itself would take a file without certificates for a list of no CA. */
function toContext(cert: string, key: string, ca: string | undefined): TlsContext {
  checkCertificates('TLS_CERT_FILE', cert);
  if (ca !== undefined) checkCertificates('TLS_CLIENT_CA_FILE', ca);
  try {
    createSecureContext({ cert, key, ca });
  } catch (error) {
    const reason = (error as { reason?: string }).reason ?? (error as Error).message;
    throw new Error(`expected an unencrypted key in PEM that is the certificate's, but OpenSSL says: ${reason}`);
  }
  return { cert, key, ca };
}

function checkCertificates(setting: string, text: string): void {
  const certificates = text.match(CERTIFICATE) ?? [];
  try {
    if (certificates.length === 0) throw new Error('it has none');
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (error) {
    throw new Error(`expected certificates in PEM in ${setting}, but ${(error as Error).message}`);
  }
}
