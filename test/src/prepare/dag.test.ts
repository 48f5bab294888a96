import { expect } from 'chai'
import { MemoryBlockstore } from 'blockstore-core/memory'
import { importer } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import { CHUNK_SIZE, fileNode, folderNode, type NamedNode } from '../../../src/prepare/dag.ts'
import { all, chunked } from '../car/blocks.ts'

/** Keeps the order in which blocks come, and takes its time with some of them. */
class SlowSink {
  readonly cids: string[] = []
  #turn = 0

  async put(cid: CID): Promise<void> {
    this.#turn += 1
    if (this.#turn % 3 === 0) await pause(this.#turn % 5)
    this.cids.push(`${cid}`)
  }
}

async function* delayed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let turn = 0
  for await (const chunk of source) {
    if (++turn % 2 === 0) await pause(turn % 4)
    yield chunk
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

describe('fileNode', () => {
  const bytes = Uint8Array.from({ length: 3 * CHUNK_SIZE + 9 }, (_, i) => (i >> 12) * 7 + i)

  it('gives the same blocks in the same order, however the bytes come', async () => {
    const first = new SlowSink()
    const root = await fileNode(chunked(bytes), first)
    expect(first.cids).to.have.length(5)
    expect(first.cids.at(-1)).to.equal(`${root.cid}`)
    for (const size of [65_536, CHUNK_SIZE, CHUNK_SIZE + 1]) {
      const again = new SlowSink()
      expect(await fileNode(delayed(chunked(bytes, size)), again)).to.deep.equal(root)
      expect(again.cids).to.deep.equal(first.cids)
    }
  })

  it('states the size that the importer states', async () => {
    const [peer] = await all(
      importer([{ content: bytes }], new MemoryBlockstore(), { profile: 'unixfs-v1-2025' }),
    )
    const { cid, size } = await fileNode(chunked(bytes), new SlowSink())
    expect(`${cid}`).to.equal(`${peer?.cid}`)
    expect(BigInt(size)).to.equal(peer?.size)
  })

  it('ends its source when a block cannot be put', async () => {
    let ended = false
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* chunked(bytes, 1000)
      } finally {
        ended = true
      }
    }
    const full = { put: () => Promise.reject(new Error('full')) }
    const thrown = await fileNode(source(), full).catch((error: unknown) => error)
    expect(String(thrown)).to.equal('Error: full')
    expect(ended).to.equal(true)
  })
})

describe('folderNode', () => {
  it('does not depend on the order of its entries, sharded or not', async () => {
    const { cid, size } = await fileNode(chunked(Uint8Array.of(120)), new SlowSink())
    for (const count of [20, 6000]) {
      const entries: NamedNode[] = Array.from({ length: count }, (_, i) => ({
        name: `entry number ${i}`,
        cid,
        size,
      }))
      const [one, two] = [new SlowSink(), new SlowSink()]
      const root = await folderNode(entries, one)
      expect(await folderNode(entries.toReversed(), two)).to.deep.equal(root)
      expect(two.cids).to.deep.equal(one.cids)
    }
  })
})
