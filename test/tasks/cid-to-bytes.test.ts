import { expect } from 'chai'
import { cidToBytes } from '../../tasks/cid-to-bytes.ts'
import { refused } from '../support/refused.ts'
import { actJson, actPlain } from './support/act.ts'
import { PIECE, PIECE_V2 } from './support/documents.ts'

/** 0181e203922020 ‖ the root of 127 zero bytes (test/vectors/piece-cids.json, rootHex of the empty piece). */
const BYTES = '0x0181e2039220203731bb99ac689f66eef5973e4a94da188f4ddcae580724fc6f3fd60dfd488333'

describe('tasks/cid-to-bytes', () => {
  it('prints the 39 bytes of a piece CID, without the multibase byte', async () => {
    const { document } = await actJson(async () => cidToBytes({ cid: PIECE, json: true }))
    expect(document).to.deep.equal({ version: 1, kind: 'cid-bytes', cid: PIECE, bytes: BYTES })
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

  it('refuses text that is no CID', async () => {
    const error = await refused('CID_INVALID', () => cidToBytes({ cid: 'hello', json: true }))
    expect(error.message).to.include('"hello"')
  })
})
