import { describe, expect, test } from '@jest/globals';
import { detectReport } from '../src/archive/import/content/report-file.js';

const page = (title: string, body: string) =>
  `<!DOCTYPE html>\n<html><head><title>${title}</title><style>.full-report { color: red }</style></head><body>${body}</body></html>`;

const reportOf = (kind: string) =>
  page(
    'Amazon Inspector - Assessment Report',
    `<h1>Amazon Inspector - Assessment&nbsp;Report</h1><h2>${kind}</h2><p>Assessment template: x</p>` +
      '<h2>Section 1: Executive Summary</h2><p>This is an Inspector assessment report. Rules Packages: 2</p>',
  );

const pdf = (information: string) =>
  Buffer.from(`%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< ${information} >>\nendobj\n`, 'latin1');
const inHex = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('hex');

describe('A report', () => {
  test.each([
    ['a findings report in HTML', reportOf('Findings Report'), 'a.html', 'HTML', 'FINDING'],
    ['a full report in HTML', reportOf('Full Report'), 'findings.html', 'HTML', 'FULL'],
    ['a report in HTML that does not say which', reportOf(''), 'report.html', 'HTML', null],
    ['a report in HTML whose name says which', reportOf(''), 'x/run-1-full.html', 'HTML', 'FULL'],
    ['a PDF that says nothing', pdf('/Producer (x)'), '0-IjKl9012.pdf', 'PDF', null],
    ['a PDF with a title', pdf('/Title (Amazon Inspector - Findings Report)'), 'a.pdf', 'PDF', 'FINDING'],
    ['a PDF with a title in UTF-16', pdf(`/Title <${inHex('Amazon Inspector Full Report')}>`), 'a', 'PDF', 'FULL'],
    ['a PDF of another title', pdf('/Title (Full Report of the Year)'), 'a.pdf', 'PDF', null],
    ['a PDF by its name', pdf(''), 'exports/inspector-FindingReport.pdf', 'PDF', 'FINDING'],
    ['a PDF by its name, not by its folder', pdf(''), 'full/findings/inspector.pdf', 'PDF', null],
    ['a PDF whose name says both', pdf(''), 'full-findings.pdf', 'PDF', null],
  ])('is told for %s', (_, content, name, format, type) => {
    expect(detectReport(content, name)).toEqual({ kind: 'report', format, type });
  });

  test.each([
    [
      'a page to sign in',
      page('Amazon Web Services Sign-In', 'Sign in'),
      'Amazon Web Services Sign-In): a server answered',
    ],
    [
      'an error page',
      page('403 Forbidden - Access denied', 'no'),
      '(403 Forbidden - Access denied): a server answered',
    ],
    ['another page', page('My notes', 'Inspector is a service'), '(My notes): nothing in it says that it is a report'],
    [
      'a page of the documentation',
      page(
        'Assessment reports - Amazon Inspector Documentation',
        'Amazon Inspector assessment report: full report, rules package',
      ),
      'nothing in it says',
    ],
    ['a page without a title', '<html><body>x</body></html>', 'got a web page: nothing in it says'],
    [
      'a report in a script',
      page('x', '<script>"Inspector assessment report, full report, rules package"</script>'),
      'nothing in it',
    ],
  ])('is not taken for %s', (_, content, message) => {
    expect(detectReport(content, 'report-full.html')).toEqual({
      kind: 'page',
      message: expect.stringContaining(message),
    });
  });

  test.each([['{"a": 1}'], [''], ['The report (PDF) is <html>'], ['PK\x03\x04']])('is none in %j', (content) => {
    expect(detectReport(Buffer.from(content), 'full-report.pdf')).toBeNull();
  });
});
