/**
 * The URL that a proposal gives to providers. Boost pastes it into JSON without escaping, so only the characters that a
 * URL may have by its standard are let through; quotes, backslashes, spaces and letters beyond ASCII are none of them.
 * @see boost storagemarket/contract_deal_monitor.go:161-180; RFC 3986 section 2; curio market/mk12/mk12.go
 */
import { StorageError } from '../errors.ts'

/** Characters: Curio refuses longer ones. */
export const MAX_URL_LENGTH = 4096

const NO_URL_CHARACTER = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/u
const HTTP_WITH_HOST = /^https?:\/\/[^/?#]/

/** @throws URL_INVALID */
export function checkUrl(url: string): void {
  const stray = NO_URL_CHARACTER.exec(url)
  if (stray !== null)
    throw refused(
      `the URL has a character that providers cannot take at position ${stray.index}`,
      'letters, digits and the signs of RFC 3986',
      JSON.stringify(stray[0]),
      'Write it percent-encoded, for example %22 for a quote and %20 for a space.',
    )
  if (url.length > MAX_URL_LENGTH)
    throw refused('the URL is too long', `at most ${MAX_URL_LENGTH} characters`, url.length)
  if (!HTTP_WITH_HOST.test(url) || !URL.canParse(url))
    throw refused(
      'the URL cannot be fetched by providers',
      'http:// or https:// with a host',
      url === '' ? 'no text' : url,
      'Give the address at which providers reach the depot.',
    )
}

function refused(
  what: string,
  expected: string,
  got: string | number,
  hint?: string,
): StorageError {
  return new StorageError('URL_INVALID', {
    what,
    expected,
    got,
    ...(hint === undefined ? {} : { hint }),
  })
}
