import { describe, expect, test } from '@jest/globals';
import { toTrendTable } from '../src/commands/trend-table.js';

const month = (start: string | null, ...counts: number[]) => ({ start, counts });

describe('A trend', () => {
  test('has the numbers of each month and their sum, and on a terminal a bar of it', () => {
    const months = [
      month('2024-04-01', 1, 2),
      month('2024-05-01', 0, 0),
      month('2024-06-01', 0, 40),
      month(null, 1, 0),
    ];
    expect(toTrendTable('findings', ['High', 'Low'], months, false)).toBe(
      [
        'month    High  Low  findings',
        '2024-04     1    2         3',
        '2024-05     0    0         0',
        '2024-06     0   40        40',
        '-           1    0         1',
        '',
      ].join('\n'),
    );
    const lines = toTrendTable('findings', ['High', 'Low'], months, true).split('\n');
    expect(lines.slice(1, -1).map((line) => line.replace(/[^#]/g, '').length)).toEqual([3, 0, 40, 1]);
  });

  test('has one line for several months without anything', () => {
    const months = [
      month('2016-03-01', 2),
      ...['2016-04-01', '2016-05-01', '2016-06-01'].map((start) => month(start, 0)),
      month('2016-07-01', 1),
      ...['2016-08-01', '2016-09-01'].map((start) => month(start, 0)),
      month('2016-10-01', 1),
    ];
    expect(toTrendTable('assessment runs', ['assessment runs'], months, false)).toBe(
      [
        'month               assessment runs',
        '2016-03                           2',
        '2016-04 to 2016-06                0',
        '2016-07                           1',
        '2016-08                           0',
        '2016-09                           0',
        '2016-10                           1',
        '',
      ].join('\n'),
    );
  });

  test('shows what comes from outside escaped, also in its head', () => {
    expect(toTrendTable('findings', ['a\u001b[31m'], [month('2024-04-01', 1)], true)).toContain('a\\u001b[31m');
  });
});
