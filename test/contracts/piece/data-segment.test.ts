/**
 * The library of inclusion proofs against the shared vectors: proofs, trees and index entries of go-data-segment and
 * @web3-storage/data-segment, piece CIDs v2 (FRC-0069). Also refused is what a strict verifier should not take.
 */
import { expect } from 'chai'
import { type Contract, Interface } from 'ethers'
import { network } from 'hardhat'
import { CID } from 'multiformats/cid'
import { HUB_ERRORS_ABI } from '../../../src/chain/hub-revert.ts'
import { vectors } from '../../support/vectors.ts'

interface Path {
  readonly index: string
  readonly path: readonly string[]
}

interface Case {
  readonly name: string
  readonly verifier: { readonly commPc: string; readonly sizePc: string }
  readonly proof: { readonly proofSubtree: Path; readonly proofIndex: Path }
  readonly expected: Aggregate
}

interface Aggregate {
  readonly commPa: string
  readonly sizePa: string
}

interface Proofs {
  readonly merkle: {
    readonly computeNode: readonly { left: string; right: string; node: string }[]
    readonly computeRoot: readonly (Path & { subtree: string; root: string })[]
    readonly computeRootInvalid: readonly (Path & { subtree: string; reason: string })[]
  }
  readonly cases: readonly Case[]
  readonly invalid: readonly Case[]
  readonly hardening: readonly Case[]
  readonly auxMismatch: readonly { name: string; base: string; claimed: Aggregate }[]
}

interface Index {
  readonly sizing: readonly { dealSize: string; maxEntries: string; indexStart: string }[]
  readonly entries: readonly {
    readonly name: string
    readonly commDs: string
    readonly offset: string
    readonly size: string
    readonly encoded: string
    readonly valid: boolean
  }[]
}

interface PieceCids {
  readonly cases: readonly {
    readonly name: string
    readonly paddedSize: number
    readonly pieceCidV2: string
    readonly rootHex: string
  }[]
  readonly invalidPieceCids: readonly { name: string; bytes: string; reason: string }[]
}

const pieceCids = vectors<PieceCids>('piece-cids')
const proofs = vectors<Proofs>('inclusion-proofs')
const index = vectors<Index>('segment-index')
const PANIC = '0x4e487b71'

const connection = await network.connect()
const { ethers } = connection

describe('DataSegment and the vectors of inclusion proofs', () => {
  let harness: Contract

  before(async () => {
    harness = (await ethers.deployContract('DataSegmentHarness')) as unknown as Contract
  })

  after(() => connection.close())

  const ask = (name: string, ...args: unknown[]): Promise<unknown> =>
    harness.getFunction(name).staticCall(...args)

  /** The name of the library's error. */
  async function refusal(name: string, ...args: unknown[]): Promise<string> {
    try {
      await ask(name, ...args)
    } catch (error) {
      const data = (error as { data?: string }).data ?? ''
      expect(data.length, 'a reason').to.be.at.least(10)
      expect(data.slice(0, 10)).to.not.equal(PANIC)
      return ERRORS.parseError(data)?.name ?? expect.fail(`no error of the library: ${data}`)
    }
    return 'nothing'
  }

  for (const { left, right, node } of proofs.merkle.computeNode)
    it(`makes a node of ${left.slice(0, 10)} and ${right.slice(0, 10)}`, async () => {
      expect(await ask('computeNode', left, right)).to.equal(node)
    })

  for (const [i, { subtree, root, ...path }] of proofs.merkle.computeRoot.entries())
    it(`finds root ${i}`, async () => {
      expect(await ask('computeRoot', path, subtree)).to.equal(root)
    })

  for (const [i, { subtree, reason, ...path }] of proofs.merkle.computeRootInvalid.entries())
    it(`refuses path ${i}: ${reason}`, async () => {
      expect(await refusal('computeRoot', path, subtree)).to.match(/^Proof(TooDeep|IndexInvalid)$/)
    })

  for (const { dealSize, maxEntries, indexStart } of index.sizing)
    it(`sizes the index of ${dealSize} bytes`, async () => {
      expect(await ask('sizing', dealSize)).to.deep.equal([BigInt(maxEntries), BigInt(indexStart)])
    })

  for (const { name, commDs, offset, size, encoded, valid } of index.entries)
    it(`encodes the entry ${name}, ${valid ? 'as it is' : 'which it is not'}`, async () => {
      const aligned = BigInt(offset) % 128n === 0n && BigInt(size) % 128n === 0n
      const same = (await ask('entryOf', commDs, offset, size)) === encoded
      expect(same && aligned).to.equal(valid)
    })

  for (const { name, verifier, proof, expected } of proofs.cases)
    it(`takes ${name}`, async () => {
      const { commPa, sizePa } = expected
      expect(await ask('auxDataOf', proof, verifier)).to.deep.equal([commPa, BigInt(sizePa)])
    })

  for (const { name, verifier, proof } of [...proofs.invalid, ...proofs.hardening])
    it(`refuses ${name}`, async () => {
      expect(await refusal('auxDataOf', proof, verifier)).to.not.equal('nothing')
    })

  for (const { name, base, claimed } of proofs.auxMismatch)
    it(`finds another aggregate than ${name}`, async () => {
      const { proof, verifier } = proofs.cases.find((one) => one.name === base) ?? expect.fail(base)
      const found = await ask('auxDataOf', proof, verifier)
      expect(found).to.not.deep.equal([claimed.commPa, BigInt(claimed.sizePa)])
    })

  for (const { name, paddedSize, pieceCidV2, rootHex } of pieceCids.cases)
    it(`reads the piece CID v2 of ${name}`, async () => {
      const read = await ask('trySized', CID.parse(pieceCidV2).bytes)
      expect(read).to.deep.equal([true, rootHex, BigInt(paddedSize)])
    })

  for (const { name, bytes, reason } of pieceCids.invalidPieceCids)
    it(`reads no piece CID v2 in ${name}: ${reason}`, async () => {
      const [valid] = (await ask('trySized', bytes)) as [boolean]
      expect(valid).to.equal(false)
    })
})

const ERRORS = new Interface(HUB_ERRORS_ABI)
