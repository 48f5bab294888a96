import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { actorIdOf, formatAddress, idAddress, parseAddress } from '../../../src/localnet/address.ts'
import { hexOf } from '../../../src/localnet/native.ts'

interface Vector {
  bytes: string
  string: string
  testnetString: string
  actorId?: string
  ethAddress?: string
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/f05-cbor.json', import.meta.url), 'utf8'),
) as { address: { valid: Vector[]; invalidStrings: { string: string }[] } }

describe('localnet/address', () => {
  const spoken = vectors.address.valid.filter((v) => v.actorId ?? v.ethAddress)

  it('reads and writes f0 and f410 as other implementations do', () => {
    expect(spoken.length).to.be.greaterThan(5)
    for (const vector of spoken) {
      const bytes = new Uint8Array(Buffer.from(vector.bytes.slice(2), 'hex'))
      expect(formatAddress(bytes)).to.equal(vector.testnetString)
      for (const text of [vector.string, vector.testnetString])
        expect(parseAddress(text)).to.deep.equal(bytes)
      if (vector.actorId !== undefined) {
        expect(hexOf(idAddress(BigInt(vector.actorId)))).to.equal(vector.bytes.slice(2))
        expect(actorIdOf(bytes)).to.equal(BigInt(vector.actorId))
      }
    }
  })

  it('refuses every other text', () => {
    for (const { string } of vectors.address.invalidStrings)
      expect(parseAddress(string), string).to.equal(undefined)
    for (const text of ['', 'f0', 'f01x', 'f0-1', 'f001', '0x12', 'hello']) {
      expect(parseAddress(text), text).to.equal(undefined)
    }
  })

  it('refuses a changed checksum', () => {
    const text = spoken.find((v) => v.ethAddress)?.string ?? ''
    const last = text.endsWith('a') ? 'b' : 'a'
    expect(parseAddress(text.slice(0, -1) + last)).to.equal(undefined)
  })

  it('refuses bytes of other kinds', () => {
    expect(() => formatAddress(Uint8Array.of(1, 2, 3))).to.throw(TypeError)
    expect(() => actorIdOf(Uint8Array.of(0, 0x80))).to.throw(TypeError)
  })
})
