/**
 * Parses a file of access keys, in the form of AWS's shared credentials file: sections with `aws_access_key_id` and
 * `aws_secret_access_key` (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html). The result has the secrets by
 * the ids. Throws an Error that names the line and what was expected.
 */
export function parseAccessKeys(text: string): ReadonlyMap<string, string> {
  const secrets = new Map<string, string>();
  let section: { name: string; id?: string; secret?: string } | null = null;

  function endSection(): void {
    if (section === null) return;
    const { name, id, secret } = section;
    if (id === undefined || secret === undefined) {
      throw new Error(`[${name}]: expected aws_access_key_id and aws_secret_access_key`);
    }
    if (secrets.has(id)) throw new Error(`[${name}]: expected each access key once, but got ${id} twice`);
    secrets.set(id, secret);
  }

  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    const name = /^\s*\[([^\]]+)\]\s*$/.exec(line)?.[1];
    if (name !== undefined) {
      endSection();
      section = { name };
      continue;
    }
    const [, member, value = ''] = /^\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line) ?? [];
    if (section === null || member === undefined) {
      throw new Error(
        `line ${index + 1}: expected [a name], or aws_access_key_id or aws_secret_access_key and its value`,
      );
    }
    if (member === 'aws_access_key_id') section.id = value;
    if (member === 'aws_secret_access_key') section.secret = value;
  }
  endSection();
  return secrets;
}
