import { expect, test } from '@jest/globals';
import { createImportProgress } from '../src/commands/import-progress.js';

const sources = [{ sizeBytes: 1_500_000 }, { sizeBytes: 500_000 }];

/** A progress over an output that keeps what is written, and a clock that is set by hand. */
function createProgress({ isTTY = false, columns = 80, of = sources as { sizeBytes: number | null }[] } = {}) {
  let written = '';
  let ms = 0;
  const output = {
    isTTY,
    columns,
    write(text: string) {
      written += text;
      return true;
    },
  };
  return {
    ...createImportProgress(of, output, () => ms),
    wait(more: number) {
      ms += more;
    },
    written: () => written,
  };
}

const half = { bytes: 1_000_000, entities: 1234, name: 'history/runs.json' };

test('Where there is no terminal, progress is a line every five seconds', () => {
  const progress = createProgress();
  progress.show(half);
  progress.wait(4999);
  progress.show(half);
  expect(progress.written()).toBe('');
  progress.wait(1);
  progress.show(half);
  progress.show(half);
  expect(progress.written()).toBe('50 %, 1.0 of 2.0 MB, 1234 entities, history/runs.json\n');
});

test('On a terminal it is a bar that is drawn over itself, and makes room for lines that stay', () => {
  const progress = createProgress({ isTTY: true });
  progress.wait(100);
  progress.show(half);
  const bar = '[############------------] 50 %, 1.0 of 2.0 MB, 1234 entities, history/runs.json';
  expect(progress.written()).toBe(bar.slice(0, 79));
  progress.say('Refused a.json\n');
  progress.say('Refused b.json\n');
  expect(progress.written()).toBe(`${bar.slice(0, 79)}\r\x1b[KRefused a.json\nRefused b.json\n`);
  progress.wait(100);
  progress.show({ ...half, bytes: 3_000_000, name: 'a' });
  progress.clear();
  expect(progress.written().endsWith('[########################] 100 %, 3.0 of 2.0 MB, 1234 entities, a\r\x1b[K')).toBe(
    true,
  );
});

test('Where a size is not known, as that of stdin, it has no share and no bar', () => {
  const progress = createProgress({ isTTY: true, of: [...sources, { sizeBytes: null }] });
  progress.wait(100);
  progress.show(half);
  expect(progress.written()).toBe('1.0 MB, 1234 entities, history/runs.json');
});

test('A number of empty files is done', () => {
  const progress = createProgress({ of: [{ sizeBytes: 0 }] });
  progress.wait(5000);
  progress.show({ bytes: 0, entities: 0, name: 'empty' });
  expect(progress.written()).toBe('100 %, 0.0 of 0.0 MB, 0 entities, empty\n');
});
