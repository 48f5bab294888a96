/**
 * A list of providers that somebody keeps by hand:
 *
 *   { "version": 1, "providers": [
 *     { "network": "calibration", "id": "f01234", "source": "their page, 2026-11-20", "note": "takes contract clients" } ] }
 *
 * `source` says where each entry is known from; an entry without one is hearsay, and refused.
 */
import { z } from 'zod/v4'
import { StorageError } from '../errors.ts'

const schema = z.strictObject({
  version: z.literal(1),
  providers: z.array(
    z.strictObject({
      network: z.enum(['calibration', 'filecoin', 'localnet']),
      id: z.string().regex(/^[ft]0\d{1,18}$/),
      source: z.string().min(1),
      note: z.string().optional(),
    }),
  ),
})

export interface ListedProvider {
  readonly id: bigint
  readonly source: string
  readonly note: string | undefined
}

/**
 * Those of one network, in the order of the list.
 * @param name Of the list, for errors.
 * @throws ARGUMENT_INVALID
 */
export function parseProviderList(text: string, name: string, network: string): ListedProvider[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(name, 'it is not JSON', cause)
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue?.path.join('.') ?? ''
    throw invalid(name, `${where === '' ? '' : `${where}: `}${issue?.message ?? ''}`, parsed.error)
  }
  return parsed.data.providers
    .filter((one) => one.network === network)
    .map(({ id, source, note }) => ({ id: BigInt(id.slice(2)), source, note }))
}

function invalid(name: string, why: string, cause: unknown): StorageError {
  return new StorageError('ARGUMENT_INVALID', {
    what: `${name} is no list of providers: ${why}`,
    expected:
      '{"version": 1, "providers": [{"network": "calibration", "id": "f01234", "source": "…"}]}',
    hint: 'docs/providers.md shows the form.',
    cause,
  })
}
