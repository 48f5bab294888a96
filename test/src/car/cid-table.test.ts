import { expect } from 'chai'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { CidTable } from '../../../src/car/cid-table.ts'
import { refused } from '../../support/refused.ts'
import { rawBlock } from './blocks.ts'

describe('CidTable', () => {
  it('holds what a Map holds, while it grows', async () => {
    const table = new CidTable()
    const map = new Map<string, { offset: number; size: number }>()
    const cids: CID[] = []
    for (let i = 0; i < 5000; i++) {
      const { cid } = await rawBlock(`block ${i % 4500}`)
      const place = { offset: i * 1e7, size: i }
      cids.push(cid)
      table.set(cid, place)
      map.set(`${cid}`, place)
    }
    expect(table.size).to.equal(map.size)
    for (const cid of cids) expect(table.get(cid)).to.deep.equal(map.get(`${cid}`))
    const entries = [...table.entries()].map(({ cid, place }) => [`${cid}`, place] as const)
    expect(new Map(entries)).to.deep.equal(map)
    expect(table.get((await rawBlock('another')).cid)).to.equal(undefined)
  })

  it('tells codecs apart, and not versions', async () => {
    const { cid } = await rawBlock('x')
    const table = new CidTable()
    const pb = CID.createV1(0x70, cid.multihash)
    table.set(pb, { offset: 1, size: 2 })
    expect(table.get(cid)).to.equal(undefined)
    expect(table.get(pb.toV0())).to.deep.equal({ offset: 1, size: 2 })
  })

  it('refuses other digests than sha2-256', async () => {
    const inline = CID.createV1(0x55, identity.digest(new Uint8Array(32)))
    await refused('INTERNAL', () => new CidTable().get(inline))
  })
})
