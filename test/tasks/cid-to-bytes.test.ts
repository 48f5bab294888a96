import { expect } from 'chai'
import { CID } from 'multiformats/cid'
import { toHex } from '../../src/bytes/hex.ts'
import { cidToBytes } from '../../tasks/cid-to-bytes.ts'
import { refused } from '../support/refused.ts'
import { vectors } from '../support/vectors.ts'
import { actJson, actPlain } from './support/act.ts'
import { PIECE, PIECE_V2 } from './support/documents.ts'

/** 0181e203922020 ‖ the root of 127 zero bytes (test/vectors/piece-cids.json, rootHex of the empty piece). */
const BYTES = '0x0181e2039220203731bb99ac689f66eef5973e4a94da188f4ddcae580724fc6f3fd60dfd488333'

describe('tasks/cid-to-bytes', () => {
  it('prints the 39 bytes of a piece CID, without the multibase byte', async () => {
    const { document } = await actJson(async () => cidToBytes({ cid: PIECE, json: true }))
    expect(document).to.deep.equal({
      version: 1,
      kind: 'cid-bytes',
      cid: PIECE,
      bytes: BYTES,
      pieceCid: PIECE,
    })
  })

  it('prints the same for version 2 of the piece CID', async () => {
    const io = await actPlain(async () => cidToBytes({ cid: PIECE_V2, json: false }))
    expect(io.out()).to.equal(`${BYTES}\n`)
  })

  it('prints the bytes of any other CID as they are', () => {
    // sha-256 of nothing, raw: 01 55 12 20 ‖ hash.
    const cid = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
    const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    expect(cidToBytes({ cid, json: true }).document.bytes).to.equal(`0x01551220${sha256}`)
  })

  it('tells both versions of a piece CID where the size is known', () => {
    const { document } = cidToBytes({ cid: PIECE_V2, json: true })
    expect(document).to.include({ cid: PIECE_V2, pieceCid: PIECE, pieceCidV2: PIECE_V2 })
  })

  it('prints bytes as the CID that they are, in every spelling of hexadecimal', async () => {
    const digits = BYTES.slice(2)
    for (const cid of [BYTES, digits, `0x00${digits}`, `00${digits}`, digits.toUpperCase()]) {
      const io = await actPlain(async () => cidToBytes({ cid, json: false }))
      expect(io.out(), cid).to.equal(`${PIECE}\n`)
      const { document } = cidToBytes({ cid, json: true })
      expect(document).to.include({ kind: 'cid-bytes', cid: PIECE, bytes: BYTES, pieceCid: PIECE })
      expect(document).to.not.have.property('pieceCidV2')
    }
  })

  it('prints both versions of the bytes of a piece CID v2', () => {
    const bytes = toHex(CID.parse(PIECE_V2).bytes)
    const { document, text } = cidToBytes({ cid: bytes, json: false })
    expect(text).to.deep.equal([PIECE, PIECE_V2])
    expect(document).to.include({ cid: PIECE_V2, bytes, pieceCid: PIECE, pieceCidV2: PIECE_V2 })
  })

  it('goes forth and back with root CIDs of both versions and with vectors of piece CIDs', () => {
    const roots = [
      'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
      'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
      'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG',
    ]
    const { cases } = vectors<{ cases: { pieceCidV1: string }[] }>('piece-cids')
    for (const cid of [...roots, ...cases.map(({ pieceCidV1 }) => pieceCidV1)]) {
      const { bytes } = cidToBytes({ cid, json: true }).document
      expect(cidToBytes({ cid: bytes, json: true }).document).to.include({ cid, bytes })
    }
  })

  it('takes a CID in base16 for a CID', () => {
    const cid = `f${BYTES.slice(2)}`
    expect(cidToBytes({ cid, json: true }).document).to.include({ cid, bytes: BYTES })
  })

  it('refuses bytes that are no CID', async () => {
    const digits = BYTES.slice(2)
    const v2 = toHex(CID.parse(PIECE_V2).bytes)
    const wrong = [
      '0x',
      '0x00',
      '0',
      digits.slice(1),
      digits.slice(0, -2),
      `${digits}00`,
      `0000${digits}`,
    ]
    // a height that no piece has: version 2 as damaged
    wrong.push(`0x${v2.slice(2, 14)}ff${v2.slice(16)}`, v2.slice(0, -2), '0xzz')
    for (const cid of wrong) await refused('CID_INVALID', () => cidToBytes({ cid, json: true }))
  })

  it('refuses text that is no CID', async () => {
    const error = await refused('CID_INVALID', () => cidToBytes({ cid: 'hello', json: true }))
    expect(error.message).to.include('"hello"')
  })
})
