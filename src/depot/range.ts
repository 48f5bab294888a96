/**
 * The Range header of HTTP for one file.
 *
 *     bytes=a-b   from a up to and with b, clamped to the end      bytes=a-   from a      bytes=-n   the last n
 *
 * Providers send `a-b` with b one past the end, five at a time, and corrupt their copy when the answer is not the range.
 * @see RFC 9110 §14.1.2, §14.2; boost transport/httptransport/http_transport.go
 */

/** Bytes from `start` up to, without, `end`. */
interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * What a Range header asks of `size` bytes: a range that is not empty, `unsatisfiable` when it begins behind the end, or
 * `whole` when there is no header, it is malformed, of another unit, or names several ranges (a server may then ignore it).
 */
export function rangeOf(
  header: string | undefined,
  size: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const parts = /^bytes=[ \t,]*(\d*)-(\d*)[ \t,]*$/i.exec(header ?? '')
  const [, first = '', last = ''] = parts ?? []
  if (first === '' && last === '') return 'whole'
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size }
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return 'whole'
  if (start >= size) return 'unsatisfiable'
  return { start, end: last === '' ? size : Math.min(Number(last) + 1, size) }
}
