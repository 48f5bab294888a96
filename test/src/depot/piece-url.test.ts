import { expect } from 'chai'
import { pieceUrl } from '../../../src/depot/piece-url.ts'
import { vectors } from '../../support/vectors.ts'
import { refused } from '../../support/refused.ts'

const [vector] = vectors<{ cases: { pieceCidV1: string; pieceCidV2: string }[] }>(
  'piece-cids',
).cases

describe('depot/piece-url', () => {
  const { pieceCidV1: v1 = '', pieceCidV2: v2 = '' } = vector ?? {}

  it('puts the piece behind the base', () => {
    expect(pieceUrl('http://127.0.0.1:7000', v1)).to.equal(`http://127.0.0.1:7000/piece/${v1}`)
    expect(pieceUrl('https://x.example/', v2)).to.equal(`https://x.example/piece/${v2}`)
    expect(pieceUrl('http://[::1]:80/a/b//', v2)).to.equal(`http://[::1]:80/a/b/piece/${v2}`)
  })

  it('refuses a base that providers cannot paste into JSON or reach', async () => {
    for (const base of [
      '',
      'x.example',
      'ftp://x.example',
      'http://',
      'http://x.example/"',
      "http://x.example/'",
      'http://x.example/\\',
      'http://x.example/a b',
      'http://x.example/\n',
      'http://x.example/é',
      'http://x.example/{}',
      'http://user:secret@x.example',
      'http://x.example/?a=b',
      'http://x.example/#a',
      `http://x.example/${'a'.repeat(4096)}`,
    ]) {
      await refused('URL_INVALID', () => pieceUrl(base, v2))
    }
  })

  it('refuses what is no piece CID', async () => {
    for (const cid of [
      '',
      'x',
      '../..',
      'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
    ]) {
      await refused('CID_INVALID', () => pieceUrl('http://x.example', cid))
    }
  })
})
