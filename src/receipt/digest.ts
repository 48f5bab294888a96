/**
 * The digest of a receipt: whoever copies it notices a slip. It signs nothing: who changes a field can compute it anew, and
 * then what the fields have to do with each other, and with the chain, tells.
 */
import { createHash } from 'node:crypto'
import type { Receipt } from './schema.ts'

/** `0x…`, of everything but the digest itself. */
export function receiptDigest(receipt: Omit<Receipt, 'digest'>): string {
  const { digest: _, ...rest } = receipt as Receipt
  return `0x${createHash('sha256').update(canonicalJson(rest)).digest('hex')}`
}

/** Names in the order of their UTF-16, no white space: of what receipts are made of, that is RFC 8785. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
