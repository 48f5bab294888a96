/** Where a provider finds a piece on a depot server. The URL goes on chain and is pasted into JSON as it is. */
import { StorageError } from '../errors.ts'
import { parsePieceCid } from '../piece/piece-cid.ts'

/** Curio takes no longer ones. */
const MAX_URL = 4096

/** RFC 3986 characters without the quote: nothing that JSON, a shell's double quotes or HTML would read otherwise. */
const PLAIN = /^https?:\/\/[A-Za-z0-9\-._~:/[\]!$()*+,;=%]+$/

/**
 * `<base>/piece/<pieceCid>`.
 *
 * @param base address of the server, such as `https://depot.example` or with a path before `/piece`
 * @param pieceCid v1 or v2. Prefer v2: it names one size; pieces that differ in zeros at the end share a v1
 * Errors: URL_INVALID, CID_INVALID.
 */
export function pieceUrl(base: string, pieceCid: string): string {
  parsePieceCid(pieceCid)
  const url = `${base.replace(/\/+$/, '')}/piece/${pieceCid}`
  if (!PLAIN.test(url) || !URL.canParse(url) || url.length > MAX_URL) {
    throw new StorageError('URL_INVALID', {
      what: 'address of the depot',
      expected: `http(s)://host[:port][/path] of plain characters, without user, query or fragment, at most ${MAX_URL} long`,
      got: base,
      hint: 'providers paste it into JSON unescaped: percent-encode anything else',
    })
  }
  return url
}
