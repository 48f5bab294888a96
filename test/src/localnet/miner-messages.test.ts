import { decode } from '@ipld/dag-cbor'
import { expect } from 'chai'
import {
  dealNotice,
  encodeConstructor,
  encodeSectors,
} from '../../../src/localnet/miner-messages.ts'
import { hexOf } from '../../../src/localnet/native.ts'

describe('localnet/miner-messages', () => {
  it('encodes a deal notice as f05 reads it', () => {
    const { address, payload } = dealNotice(147142n)
    expect(hexOf(address)).to.equal('0005')
    expect(hexOf(payload)).to.equal('1a00023ec6')
  })

  it('names the window PoSt proof of a sector size, and refuses other sizes', () => {
    const miner = { owner: Uint8Array.of(0, 100), worker: Uint8Array.of(0, 101), multiaddrs: [] }
    const [, , controls, proof] = decode(
      encodeConstructor({ ...miner, sectorSize: 2048n }),
    ) as unknown[]
    expect([controls, proof]).to.deep.equal([[], 10])
    expect(() => encodeConstructor({ ...miner, sectorSize: 4096n })).to.throw(RangeError)
  })

  it('names terminated sectors as RLE+', () => {
    expect(hexOf(encodeSectors([5n, 6n, 7n]))).to.equal('818183000042b01c')
  })
})
