/**
 * The label of a deal: `<request>-<attempt>/ipfs/<root>`. The root lets providers index the data; request and attempt
 * make a retry differ from what was offered before, because a provider refuses a proposal that it has already seen.
 * @see boost storagemarket/contract_deal_monitor.go:134-139, provider_loop.go:315-348; go-cid `Parse`
 */
import { CID } from 'multiformats/cid'
import { StorageError } from '../errors.ts'

/** Bytes of UTF-8 (builtin-actors actors/market/src/policy.rs:18). */
export const MAX_LABEL_BYTES = 256

const PATH = '/ipfs/'

/**
 * @param root Root CID of the payload; the piece CID of a piece that has none.
 * @param request What tells requests apart; no slash.
 * @param attempt Counts the proposals of a request from 1.
 * @throws LABEL_TOO_LONG, TERM_INVALID as `checkLabel`
 */
export function labelFor(root: string, request: string, attempt: number): string {
  const label = `${request}-${attempt}${PATH}${root}`
  checkLabel(label)
  return label
}

/** The CID that providers read from a label, in the label's own spelling; undefined when there is none. */
export function rootOfLabel(label: string): string | undefined {
  const text = label.includes(PATH) ? (label.split(PATH)[1] ?? '') : label
  try {
    CID.parse(text)
    return text
  } catch {
    // Parsing is the only test that multiformats offers; it throws errors of several types.
    return undefined
  }
}

/** What request a label is of, and which attempt of it; undefined for a label of another form. */
export function attemptOfLabel(
  label: string,
): { readonly request: string; readonly attempt: number } | undefined {
  const [, request, attempt] = /^([^/]+)-([1-9]\d{0,8})\/ipfs\//.exec(label) ?? []
  if (request === undefined || attempt === undefined) return undefined
  return { request, attempt: Number(attempt) }
}

/** @throws LABEL_TOO_LONG above 256 bytes; TERM_INVALID when it carries no CID or is not valid text */
export function checkLabel(label: string): void {
  const length = Buffer.byteLength(label)
  if (length > MAX_LABEL_BYTES)
    throw new StorageError('LABEL_TOO_LONG', {
      what: 'the label is too long',
      expected: `at most ${MAX_LABEL_BYTES} bytes`,
      got: length,
      hint: 'Shorten what stands before /ipfs/ in the label.',
    })
  if (!label.isWellFormed())
    throw new StorageError('TERM_INVALID', {
      what: 'the label is not valid Unicode text',
      hint: 'Remove the half characters (lone surrogates) from the label.',
    })
  if (rootOfLabel(label) === undefined)
    throw new StorageError('TERM_INVALID', {
      what: 'the label carries no root CID, providers refuse it',
      expected: '<text>/ipfs/<root CID> or a root CID',
      got: JSON.stringify(label),
      hint: 'Leave the label out to get one that is made from the root CID.',
    })
}
