/**
 * Conditional requests for a file whose strong ETag is known. There is no Last-Modified, so conditions on dates do not apply.
 * @see RFC 9110 §13.1, §13.2.2 (order), §8.8.3.2 (comparison)
 */
import type { IncomingHttpHeaders } from 'node:http'

type Verdict = 'proceed' | 'not-modified' | 'failed'

/** Whether to answer a GET or HEAD with the file, 304 or 412. */
export function verdictOf(headers: IncomingHttpHeaders, etag: string): Verdict {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers
  if (match !== undefined && !lists(match, etag)) return 'failed'
  if (noneMatch !== undefined && lists(noneMatch.replaceAll('W/"', '"'), etag)) {
    return 'not-modified'
  }
  return 'proceed'
}

/** Whether a Range header counts: If-Range is absent or names exactly this file. */
export function isRangeWanted(headers: IncomingHttpHeaders, etag: string): boolean {
  const condition = headers['if-range']
  return condition === undefined || condition === etag
}

/** `*`, or a list of tags with this one among them. A weak tag is not equal to a strong one. */
function lists(header: string, etag: string): boolean {
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim() === etag)
}
