/** What becomes a segment of its own: each regular file at the paths that a user named, or each path as a whole. */
import { StorageError } from '../errors.ts'
import { gather } from '../prepare/gather.ts'
import type { ScanOptions } from '../prepare/scan.ts'

export interface AggregateInput {
  /** Path within the folder that was named, or the base name of what was named. */
  readonly name: string
  /** Absolute. */
  readonly path: string
  /** Bytes of its files. */
  readonly size: number
}

/**
 * Bytes at which an input is refused. FRC-0058 has no such bound, it is this project's: so much fills a deal of its own, which
 * needs no index and no proof.
 */
const TOO_LARGE = 4 * 2 ** 30

export interface AggregateInputs {
  /** What a reader calls all of them. */
  readonly name: string
  /** Sorted by the bytes of their paths. With several paths, names begin with that of the path. */
  readonly inputs: readonly AggregateInput[]
}

/**
 * @param paths Absolute.
 * @param options `whole` takes each path as one segment, a folder too.
 * @throws ARGUMENT_INVALID without a file, or when two paths have the same name; AGGREGATE_FULL for an input of 4 GiB or more;
 *   as `scan`
 */
export async function listInputs(
  paths: readonly string[],
  { whole = false, ...options }: ScanOptions & { readonly whole?: boolean | undefined } = {},
): Promise<AggregateInputs> {
  const { listing, name } = await gather(paths, options)
  const inputs: AggregateInput[] = []
  if (whole)
    for (const path of paths) {
      const one = await gather([path], options)
      inputs.push({ name: one.name, path, size: one.listing.bytes })
    }
  else
    for (let entry = 0; entry < listing.length; entry++) {
      if (!listing.isFile(entry)) continue
      const inside = listing.pathBelowRoot(entry)
      const size = listing.size(entry)
      inputs.push({ name: inside === '' ? name : inside, path: listing.path(entry), size })
    }
  if (inputs.length === 0)
    throw new StorageError('ARGUMENT_INVALID', {
      what: `there is no file in ${paths.join(', ')}`,
      expected: 'at least one',
    })
  for (const input of inputs) requireSmall(input)
  return { name, inputs }
}

function requireSmall({ path, size }: AggregateInput): void {
  if (size < TOO_LARGE) return
  throw new StorageError('AGGREGATE_FULL', {
    what: `${path} is too large for a segment`,
    expected: `less than ${TOO_LARGE} bytes`,
    got: size,
    hint: 'So much fills a deal of its own: store it alone.',
    next: `npx hardhat make-deal --file ${path}`,
  })
}
