/**
 * Roots that kubo makes with the profile unixfs-v1-2025, from its own test (test/cli/cid_profiles_test.go; also in
 * js-ipfs-unixfs, ipip-499-profiles.spec.ts). The payloads are ChaCha20 key streams (RFC 7539, counter and nonce zero) whose
 * key is the SHA-256 of a seed.
 */
import { createCipheriv } from 'node:crypto'
import { expect } from 'chai'
import { TreeBuilder } from '../../../src/unixfs/tree-builder.ts'
import { cidText, digestOf, drained, MIB } from './made.ts'

interface Leaf {
  readonly digest: Uint8Array
  readonly size: number
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz01234567890-_'

function* keyStream(size: number, seed: string): Generator<Uint8Array> {
  const cipher = createCipheriv('chacha20', digestOf(seed), new Uint8Array(16))
  const zeros = new Uint8Array(MIB)
  for (let left = size; left > 0; left -= MIB)
    yield cipher.update(zeros.subarray(0, Math.min(left, MIB)))
}

function leafOf(bytes: Uint8Array | string): Leaf {
  return { digest: digestOf(bytes), size: bytes.length }
}

function addFile(tree: TreeBuilder, name: string, leaves: Iterable<Leaf>): void {
  tree.openFile(name)
  for (const { digest, size } of leaves) tree.leaf(digest, size)
  tree.closeFile()
}

function rootOfFile(leaves: Iterable<Leaf>): string {
  const tree = new TreeBuilder()
  addFile(tree, '', leaves)
  return cidText(tree.root)
}

/** Names of 11 letters, the last one longer, of files that all hold "x". */
function rootOfFolder(lastNameSize: number): string {
  const letters = Buffer.concat([...keyStream(MIB, 'hamt-unixfs-v1-2025')])
  const tree = new TreeBuilder()
  tree.openFolder('')
  for (let i = 0, at = 0; i < 4766; i++) {
    const size = i === 4765 ? lastNameSize : 11
    const name = [...letters.subarray(at, at + size)].map((b) => ALPHABET[b % ALPHABET.length])
    addFile(tree, name.join(''), [leafOf('x')])
    at += size
  }
  drained(tree.closeFolder())
  return cidText(tree.root)
}

describe('profile unixfs-v1-2025: the same roots as kubo', () => {
  it('hello world', () => {
    expect(rootOfFile([leafOf('hello world')])).to.equal(
      'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
    )
  })

  it('an empty file and an empty directory', () => {
    expect(rootOfFile([leafOf('')])).to.equal(
      'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
    )
    const tree = new TreeBuilder()
    tree.openFolder('')
    expect(drained(tree.closeFolder()).blocks).to.have.length(1)
    expect(cidText(tree.root)).to.equal(
      'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354',
    )
  })

  it('a file of one chunk, and one byte more', () => {
    const leaves = [...keyStream(MIB + 1, 'chunk-v1-seed')].map(leafOf)
    expect(rootOfFile(leaves.slice(0, 1))).to.equal(
      'bafkreiacndfy443ter6qr2tmbbdhadvxxheowwf75s6zehscklu6ezxmta',
    )
    expect(rootOfFile(leaves)).to.equal(
      'bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64',
    )
  })

  it('a file of 1024 chunks, and one byte more', () => {
    const leaves: Leaf[] = []
    for (const bytes of keyStream(1024 * MIB + 1, 'v1-2025-seed')) leaves.push(leafOf(bytes))
    expect(rootOfFile(leaves.slice(0, 1024))).to.equal(
      'bafybeihmf37wcuvtx4hpu7he5zl5qaf2ineo2lqlfrapokkm5zzw7zyhvm',
    )
    expect(rootOfFile(leaves)).to.equal(
      'bafybeibdsi225ugbkmpbdohnxioyab6jsqrmkts3twhpvfnzp77xtzpyhe',
    )
  })

  it('a directory of exactly 256 KiB, and one byte more, which is sharded', () => {
    expect(rootOfFolder(21)).to.equal('bafybeic3h7rwruealwxkacabdy45jivq2crwz6bufb5ljwupn36gicplx4')
    expect(rootOfFolder(22)).to.equal('bafybeiegvuterwurhdtkikfhbxcldohmxp566vpjdofhzmnhv6o4freidu')
  })
})
