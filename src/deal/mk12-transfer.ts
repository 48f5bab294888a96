/**
 * The params of an `http` transfer: JSON with the URL and the headers that the provider sends along. Boost pastes the URL
 * of an event into such JSON unescaped; here every character is escaped as JSON wants it.
 * @see curio market/mk12/types.go `HttpRequest`; mk12.go, the `json.Unmarshal` of `Transfer.Params`
 */
import { StorageError } from '../errors.ts'

export interface HttpTransfer {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export function encodeHttpTransfer({ url, headers }: HttpTransfer): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ URL: url, Headers: headers }))
}

/** Go reads a null or missing map of headers as an empty one. @throws CBOR_INVALID */
export function decodeHttpTransfer(params: Uint8Array): HttpTransfer {
  let read: unknown
  try {
    read = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(params))
  } catch (cause) {
    throw invalid('they are not JSON', cause)
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw invalid('they are not an object')
  const { URL: url, Headers: headers = null } = read as Record<string, unknown>
  if (typeof url !== 'string') throw invalid('they have no URL')
  if (headers === null) return { url, headers: {} }
  if (typeof headers !== 'object' || Array.isArray(headers))
    throw invalid('Headers is not an object')
  if (!Object.values(headers).every((value) => typeof value === 'string'))
    throw invalid('a header is not text')
  return { url, headers: headers as Record<string, string> }
}

function invalid(why: string, cause?: unknown): StorageError {
  return new StorageError('CBOR_INVALID', {
    what: `the params of the transfer cannot be read: ${why}`,
    cause,
  })
}
