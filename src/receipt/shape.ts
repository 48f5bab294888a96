/** The shape of a receipt: these fields, of these kinds, and no others. */
import { CID } from 'multiformats/cid'
import { invalidReceipt } from './invalid.ts'
import { type Receipt, receiptShape } from './schema.ts'

/** @throws RECEIPT_INVALID naming the first field that is not as it should be */
export function shapedReceipt(value: unknown): Receipt {
  const parsed = receiptShape.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const extra = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const field = [...(issue?.path ?? []), ...extra].map(String).join('.')
  throw invalidReceipt(field === '' ? 'its form' : field, {
    why: extra.length > 0 ? 'there is no such field' : (issue?.message ?? 'it cannot be read'),
    cause: parsed.error,
  })
}

/** @throws RECEIPT_INVALID unless null or a CIDv1 in base32 */
export function requireRoot(root: string | null): void {
  if (root === null || canonical(root) === root) return
  throw invalidReceipt('file.root', { expected: 'a CIDv1 in base32, or null', got: root })
}

function canonical(text: string): string | undefined {
  try {
    return CID.parse(text).toV1().toString()
  } catch {
    // Parsing is the only test that multiformats offers; it throws errors of several types.
    return undefined
  }
}
