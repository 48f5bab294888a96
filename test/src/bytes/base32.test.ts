import { base32 } from 'multiformats/bases/base32'
import { expect } from 'chai'
import { toBase32, tryFromBase32 } from '../../../src/bytes/base32.ts'

describe('bytes/base32', () => {
  // RFC 4648, section 10, without the padding
  for (const [plain, text] of [
    ['', ''],
    ['f', 'my'],
    ['fo', 'mzxq'],
    ['foo', 'mzxw6'],
    ['foob', 'mzxw6yq'],
    ['fooba', 'mzxw6ytb'],
    ['foobar', 'mzxw6ytboi'],
  ] as const)
    it(`writes and reads '${plain}'`, () => {
      const bytes = new TextEncoder().encode(plain)
      expect(toBase32(bytes)).to.equal(text)
      expect(tryFromBase32(text)).to.deep.equal(bytes)
    })

  it('equals multiformats for every length up to 100', () => {
    for (let size = 0; size <= 100; size++) {
      const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 167 + size) & 0xff)
      expect(toBase32(bytes)).to.equal(base32.baseEncode(bytes))
      expect(tryFromBase32(toBase32(bytes))).to.deep.equal(bytes)
    }
  })

  it('is undefined for other characters, padding, lone characters and stray bits', () => {
    for (const text of ['MY', 'my======', 'm1', 'a', 'mz', 'mzx', 'mzxw6y', 'm y', 'mü'])
      expect(tryFromBase32(text), text).to.equal(undefined)
  })
})
