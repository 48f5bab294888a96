/**
 * Where each block of a CAR lies, and whether the DAG is whole: every link of every block leads to a block of the same
 * CAR. Takes blocks in any order; its memory is that of one `CidTable` over the distinct CIDs.
 */
import type { CID } from 'multiformats/cid'
import { StorageError } from '../errors.ts'
import { type BlockPlace, CidTable } from './cid-table.ts'
import { isIdentity, MAX_IDENTITY_SIZE, SHA2_256 } from './cid.ts'
import { linksOf } from './links.ts'
import type { CarBlock } from './reader.ts'

/** Stands for a CID that was linked to and has not come yet. */
const AWAITED: BlockPlace = { offset: -1, size: 0 }

export class DagIndex {
  readonly #table = new CidTable()
  #awaited = 0

  /** @throws CAR_INVALID when the block cannot be decoded, or links to what no CAR of ours can hold */
  add({ cid, bytes, offset }: CarBlock): void {
    if (!isIdentity(cid)) {
      const known = this.#table.get(cid)
      if (known !== undefined && !isAwaited(known)) return
      if (known !== undefined) this.#awaited -= 1
      this.#table.set(cid, { offset, size: bytes.length })
    }
    for (const link of linksOf(cid, bytes)) this.#await(link)
  }

  /** To be called after the last block. @throws CAR_INVALID unless `root` and every linked block came */
  requireWhole(root: CID): void {
    this.#await(root)
    if (this.#awaited === 0) return
    for (const { cid, place } of this.#table.entries())
      if (isAwaited(place))
        throw new StorageError('CAR_INVALID', {
          what: `the CAR misses ${this.#awaited} blocks, among them ${cid}`,
          hint: 'export the whole DAG, from its root down to every leaf',
        })
  }

  /** Undefined when the CAR has no such block. */
  find(cid: CID): BlockPlace | undefined {
    const place = this.#table.get(cid)
    return place === undefined || isAwaited(place) ? undefined : place
  }

  #await(link: CID): void {
    if (isIdentity(link) && link.multihash.size <= MAX_IDENTITY_SIZE) {
      for (const inner of linksOf(link, link.multihash.digest)) this.#await(inner)
      return
    }
    if (link.multihash.code !== SHA2_256)
      throw new StorageError('CAR_INVALID', {
        what: `a block links to ${shorten(link)}, whose hash cannot be checked here`,
        expected: `sha2-256, or identity of at most ${MAX_IDENTITY_SIZE} bytes`,
      })
    if (this.#table.get(link) !== undefined) return
    this.#table.set(link, AWAITED)
    this.#awaited += 1
  }
}

function shorten(cid: CID): string {
  const text = cid.toString()
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

function isAwaited(place: BlockPlace): boolean {
  return place.offset < 0
}
