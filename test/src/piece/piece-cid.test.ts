import { expect } from 'chai'
import { base32 } from 'multiformats/bases/base32'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import {
  parsePieceCid,
  pieceCidV1,
  pieceCidV1Bytes,
  pieceCidV2,
} from '../../../src/piece/piece-cid.ts'
import { refused } from '../../support/refused.ts'
import { vectors } from '../../support/vectors.ts'

interface Conversion {
  name: string
  size: number
  paddedSize: number
  height: number
  pieceCidV1: string
  pieceCidV2: string
  pieceCidV2Base16?: string
  rootHex: string
}

describe('piece/piece-cid', () => {
  const generated = vectors<{
    cases: Conversion[]
    invalidPieceCids: { name: string; kind: string; bytes: string; cid: string; reason: string }[]
  }>('piece-cids')
  const known = vectors<{
    groups: { cases: Conversion[] }[]
    noPayload: { cases: Conversion[] }
    zeroTree: { pieces: Conversion[] }
  }>('known-piece-cids')
  const conversions = [
    ...generated.cases,
    ...known.groups.flatMap(({ cases }) => cases),
    ...known.noPayload.cases,
    ...known.zeroTree.pieces,
  ]

  it('reads and writes both versions of every vector', () => {
    for (const c of conversions) {
      const { size, paddedSize: pieceSize, height } = c
      const root = fromHex(c.rootHex)
      expect(parsePieceCid(c.pieceCidV1), c.name).to.deep.equal({ version: 1, root })
      const second = { version: 2, root, size, pieceSize, height } as const
      expect(parsePieceCid(c.pieceCidV2), c.name).to.deep.equal(second)
      expect(pieceCidV1(second)).to.equal(c.pieceCidV1)
      expect(pieceCidV2(second)).to.equal(c.pieceCidV2)
      if (c.pieceCidV2Base16 !== undefined)
        expect(parsePieceCid(c.pieceCidV2Base16)).to.deep.equal(second)
    }
  })

  it('reads the bytes of a version 1 CID, and copies the root', () => {
    const root = new Uint8Array(32).fill(7)
    const bytes = pieceCidV1Bytes(root)
    expect(toHex(bytes)).to.equal(`0x0181e203922020${'07'.repeat(32)}`)
    const parsed = parsePieceCid(bytes)
    bytes.fill(0)
    expect(parsed).to.deep.equal({ version: 1, root })
  })

  for (const { name, bytes, cid, reason } of generated.invalidPieceCids)
    it(`refuses ${name}: ${reason}`, async () => {
      await refused('CID_INVALID', () => parsePieceCid(fromHex(bytes)))
      await refused('CID_INVALID', () => parsePieceCid(cid))
    })

  it('refuses every proper prefix of a CID, one byte more, and one flipped byte before the root', async () => {
    for (const { pieceCidV1: first, pieceCidV2: second } of conversions.slice(0, 20))
      for (const text of [first, second]) {
        const bytes = base32.decode(text)
        for (let size = 0; size < bytes.length; size++)
          await refused('CID_INVALID', () => parsePieceCid(bytes.subarray(0, size)))
        await refused('CID_INVALID', () => parsePieceCid(Uint8Array.of(...bytes, 0)))
        for (let at = 0; at < 5; at++) {
          const flipped = bytes.slice()
          flipped[at] = (flipped[at] ?? 0) ^ 0x80
          await refused('CID_INVALID', () => parsePieceCid(flipped))
        }
      }
  })

  it('refuses text in another base, upper case, padded, spaced or of another content', async () => {
    const { pieceCidV1: cid } = conversions[0] as Conversion
    for (const text of [
      '',
      'b',
      cid.toUpperCase(),
      ` ${cid}`,
      `${cid}=`,
      cid.slice(1),
      `z${cid.slice(1)}`,
      'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG',
      'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
    ])
      await refused('CID_INVALID', () => parsePieceCid(text))
  })

  it('refuses to write a root of another length or a piece size that the payload does not need', async () => {
    const root = new Uint8Array(32)
    await refused('ARGUMENT_INVALID', () => pieceCidV1({ root: new Uint8Array(31) }))
    await refused('ARGUMENT_INVALID', () =>
      pieceCidV2({ root: new Uint8Array(33), size: 0, pieceSize: 128 }),
    )
    await refused('ARGUMENT_INVALID', () => pieceCidV2({ root, size: 127, pieceSize: 256 }))
    await refused('ARGUMENT_INVALID', () => pieceCidV2({ root, size: 128, pieceSize: 128 }))
  })
})
