import { expect } from 'chai'
import { murmur364 } from '@multiformats/murmur3'
import { murmur3 } from '../../../src/unixfs/murmur3.ts'
import { randomName, randomNumbers } from './made.ts'

function hexOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const into = new Uint32Array(4)
  murmur3(bytes, start, end, into, 1)
  expect([into[0], into[3]]).to.deep.equal([0, 0])
  return [...into.subarray(1, 3)].map((half) => half.toString(16).padStart(8, '0')).join('')
}

async function peerHexOf(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await murmur364.encode(bytes)).toString('hex')
}

describe('murmur3-x64-64: the same as @multiformats/murmur3', () => {
  const random = randomNumbers(1)

  it('for 0 to 300 random bytes', async () => {
    for (let size = 0; size <= 300; size++) {
      const bytes = Uint8Array.from({ length: size }, () => random(256))
      expect(hexOf(bytes), `${size} bytes`).to.equal(await peerHexOf(bytes))
    }
  })

  it('for names that are not ASCII', async () => {
    for (let length = 0; length <= 100; length++) {
      const bytes = Buffer.from(randomName(random, length))
      expect(hexOf(bytes)).to.equal(await peerHexOf(bytes))
    }
  })

  it('for a name among others', async () => {
    const bytes = Buffer.from('before the name and behind it')
    for (let end = 7; end <= bytes.length; end++)
      expect(hexOf(bytes, 7, end)).to.equal(await peerHexOf(bytes.subarray(7, end)))
  })
})
