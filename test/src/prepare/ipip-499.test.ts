/**
 * Roots that kubo makes with the profile unixfs-v1-2025, from its own test (test/cli/cid_profiles_test.go; also in
 * js-ipfs-unixfs, ipip-499-profiles.spec.ts). The payloads are ChaCha20 key streams (RFC 7539, counter and nonce zero) whose
 * key is the SHA-256 of a seed.
 */
import { createCipheriv, createHash } from 'node:crypto'
import { expect } from 'chai'
import { fileNode, folderNode, type NamedNode } from '../../../src/prepare/dag.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz01234567890-_'
const MIB = 2 ** 20
const nowhere = { put: async () => {} }

async function* keyStream(size: number, seed: string): AsyncGenerator<Uint8Array> {
  const key = createHash('sha256').update(seed).digest()
  const cipher = createCipheriv('chacha20', key, new Uint8Array(16))
  for (let left = size; left > 0; left -= MIB)
    yield cipher.update(new Uint8Array(Math.min(left, MIB)))
}

async function rootOfFile(size: number, seed: string): Promise<string> {
  return `${(await fileNode(keyStream(size, seed), nowhere)).cid}`
}

/** Names of 11 letters, the last one longer, of files that all hold "x". */
async function rootOfFolder(lastNameSize: number): Promise<string> {
  const file = await fileNode(bytesOf('x'), nowhere)
  const letters = Buffer.concat(await all(keyStream(MIB, 'hamt-unixfs-v1-2025')))
  const entries: NamedNode[] = []
  for (let i = 0, at = 0; i < 4766; i++) {
    const size = i === 4765 ? lastNameSize : 11
    const name = [...letters.subarray(at, at + size)].map((b) => ALPHABET[b % ALPHABET.length])
    entries.push({ ...file, name: name.join('') })
    at += size
  }
  return `${(await folderNode(entries, nowhere)).cid}`
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}

async function all(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return chunks
}

describe('profile unixfs-v1-2025: the same roots as kubo', () => {
  it('hello world', async () => {
    const { cid } = await fileNode(bytesOf('hello world'), nowhere)
    expect(`${cid}`).to.equal('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')
  })

  it('an empty file and an empty directory', async () => {
    const file = await fileNode(bytesOf(''), nowhere)
    expect(`${file.cid}`).to.equal('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku')
    const folder = await folderNode([], nowhere)
    expect(`${folder.cid}`).to.equal('bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354')
  })

  it('a file of one chunk, and one byte more', async () => {
    expect(await rootOfFile(MIB, 'chunk-v1-seed')).to.equal(
      'bafkreiacndfy443ter6qr2tmbbdhadvxxheowwf75s6zehscklu6ezxmta',
    )
    expect(await rootOfFile(MIB + 1, 'chunk-v1-seed')).to.equal(
      'bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64',
    )
  })

  it('a file of 1024 chunks, and one byte more', async () => {
    expect(await rootOfFile(1024 * MIB, 'v1-2025-seed')).to.equal(
      'bafybeihmf37wcuvtx4hpu7he5zl5qaf2ineo2lqlfrapokkm5zzw7zyhvm',
    )
    expect(await rootOfFile(1024 * MIB + 1, 'v1-2025-seed')).to.equal(
      'bafybeibdsi225ugbkmpbdohnxioyab6jsqrmkts3twhpvfnzp77xtzpyhe',
    )
  })

  it('a directory of exactly 256 KiB, and one byte more, which is sharded', async () => {
    expect(await rootOfFolder(21)).to.equal(
      'bafybeic3h7rwruealwxkacabdy45jivq2crwz6bufb5ljwupn36gicplx4',
    )
    expect(await rootOfFolder(22)).to.equal(
      'bafybeiegvuterwurhdtkikfhbxcldohmxp566vpjdofhzmnhv6o4freidu',
    )
  })
})
