import { expect, test } from '@jest/globals';
import { createCheckedReader } from '../src/archive/store/checked-reader.js';
import { DamagedArchiveError, toDamage } from '../src/archive/store/file-check.js';

test('Damage that the check of the file itself meets is damage like any other', async () => {
  const malformed = Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' });
  const fetchDescription = async () => ({});
  const { reader } = createCheckedReader(
    { fetchDescription } as never,
    {
      checkFile: () => Promise.reject(malformed),
      toDamage: (error: unknown) => toDamage(error, 'sqlite:/archive.db'),
    } as never,
  );
  const read = (reader as unknown as { fetchDescription: typeof fetchDescription }).fetchDescription();
  await expect(read).rejects.toBeInstanceOf(DamagedArchiveError);
  await expect(read).rejects.toThrow(/^The archive sqlite:\/archive.db is damaged .*: put it back/);
});
