import { documentedErrors } from './error-documentation.js';
import { errorIndexPage, errorPage } from './error-page.js';

const plain = (html: string) =>
  html
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

describe('the page of an error code', () => {
  it.each(documentedErrors().map((found) => [found.code, found] as const))(
    'tells when %s happens, what to do, whether to retry, and shows it',
    (code, { status, title, when, advice, stored, retry, example }) => {
      const page = plain(errorPage(code) ?? '');
      expect(page).toContain(`${title}. HTTP status ${status}.`);
      for (const text of [when, advice, stored, retry]) {
        expect(page).toContain(text.replaceAll('`', ''));
      }
      const shown = JSON.parse(
        page.slice(page.indexOf('{\n'), page.lastIndexOf('}') + 1),
      ) as unknown;
      expect(shown).toEqual(example);
      expect(example).toMatchObject({ code, status, title });
    },
  );

  it('says for whom a code is that partners do not meet', () => {
    expect(errorPage('email_taken')).toContain('Operations API only');
    expect(errorPage('webhook_signature_invalid')).toContain('Webhooks of payment providers only');
    expect(errorPage('amount_invalid')).toContain('Payments API');
  });

  it('is there for codes alone', () => {
    expect(errorPage('no_such_code')).toBeUndefined();
    expect(errorPage('__proto__')).toBeUndefined();
    expect(errorPage('toString')).toBeUndefined();
  });
});

describe('the index of error codes', () => {
  it('links to the page of each', () => {
    const index = errorIndexPage();
    const missing = documentedErrors().filter(
      ({ code }) => !index.includes(`<a href="/docs/errors/${code}">`),
    );
    expect(missing).toEqual([]);
  });
});
