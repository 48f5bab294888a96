import { expect } from 'chai'
import * as dagCbor from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { inclusionOf, rootOf } from '../../../src/aggregate/proof.ts'
import {
  decodeProof,
  encodeProof,
  proofDocument,
  proofIn,
} from '../../../src/aggregate/proof-form.ts'
import { fromHex, toHex } from '../../../src/bytes/hex.ts'
import { pairHasher, parentOf } from '../../../src/piece/hash-pairs.ts'
import { pieceCidV1, pieceCidV1Bytes } from '../../../src/piece/piece-cid.ts'
import { isStorageError } from '../../../src/errors.ts'
import { refused } from '../../support/refused.ts'
import { inclusionProofs, pathOf, pieceOf, proofOf } from './vector-aggregates.ts'

const { merkle, cases, invalid, auxMismatch, hardening } = inclusionProofs
const byName = new Map(cases.map((one) => [one.name, one]))

describe('aggregate/proof', () => {
  describe('leads to the aggregate that others compute', () => {
    for (const one of cases)
      it(one.name, () => {
        const { aggregate } = inclusionOf(proofOf(one), pieceOf(one))
        expect(pieceCidV1(aggregate)).to.equal(one.expected.pieceCidV1)
        expect(String(aggregate.pieceSize)).to.equal(one.expected.sizePa)
      })
  })

  describe('is refused, as others refuse it', () => {
    for (const one of [...invalid, ...hardening])
      it(one.name, () => {
        expect(codeOf(() => inclusionOf(proofOf(one), pieceOf(one)))).to.be.oneOf([
          'PROOF_INVALID',
          'SEGMENT_INVALID',
          'CID_INVALID',
        ])
      })
  })

  describe('is not one for another deal', () => {
    for (const { name, base, claimed } of auxMismatch)
      it(name, () => {
        const one = byName.get(base) ?? expect.fail(`no case ${base}`)
        const { aggregate } = inclusionOf(proofOf(one), pieceOf(one))
        const got = [toHex(pieceCidV1Bytes(aggregate.root)), String(aggregate.pieceSize)]
        expect(got).not.to.deep.equal([claimed.commPa, claimed.sizePa])
      })
  })

  it('every bit of every node matters', () => {
    const one = byName.get('mixed-16k/1') ?? expect.fail('no case')
    const sound = proofDocument(proofOf(one))
    for (const part of ['proofSubtree', 'proofIndex'] as const)
      for (const [i, node] of sound[part].path.entries())
        for (let bit = 0; bit < 256; bit++) {
          const bytes = fromHex(node)
          bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
          const path = sound[part].path.with(i, toHex(bytes))
          const damaged = proofIn({ ...sound, [part]: { ...sound[part], path } })
          expect(
            codeOf(() => inclusionOf(damaged, pieceOf(one))),
            `${part} ${i} ${bit}`,
          ).to.equal('PROOF_INVALID')
        }
  })

  describe('nodes and roots are those of others', () => {
    for (const [i, { left, right, node }] of merkle.computeNode.entries())
      it(`node ${i}`, () => {
        expect(toHex(parentOf(fromHex(left), fromHex(right), pairHasher()))).to.equal(node)
      })
    for (const [i, { subtree, root, ...path }] of merkle.computeRoot.entries())
      it(`root ${i}`, () => {
        const { proofIndex } = proofIn({ proofSubtree: pathOf(path), proofIndex: pathOf(path) })
        expect(toHex(rootOf(proofIndex, fromHex(subtree)))).to.equal(root)
      })
    for (const { subtree, reason, ...path } of merkle.computeRootInvalid)
      it(`no root: ${reason}, ${path.index} with ${path.path.length} nodes`, async () => {
        const { proofIndex } = proofIn({ proofSubtree: pathOf(path), proofIndex: pathOf(path) })
        await refused('PROOF_INVALID', () => rootOf(proofIndex, fromHex(subtree)))
      })
  })

  describe('as CBOR', () => {
    for (const one of cases)
      it(`${one.name} is what others write, and is read back`, async () => {
        const proof = proofOf(one)
        const bytes = encodeProof(proof)
        if (one.cbor !== undefined) expect(toHex(bytes)).to.equal(one.cbor)
        if (one.proofCid !== undefined)
          expect(CID.createV1(dagCbor.code, await sha256.digest(bytes)).toString()).to.equal(
            one.proofCid,
          )
        expect(proofDocument(decodeProof(bytes))).to.deep.equal(proofDocument(proof))
      })

    it('a prefix of it, or more than it, is refused', async () => {
      const bytes = encodeProof(proofOf(byName.get('small-2k/0') ?? expect.fail('no case')))
      for (let length = 0; length < bytes.length; length++)
        await refused('CBOR_INVALID', () => decodeProof(bytes.subarray(0, length)))
      await refused('CBOR_INVALID', () => decodeProof(Uint8Array.of(...bytes, 0)))
    })

    for (const [what, value] of [
      ['one path', [[0, []]]],
      ['a number', 7],
      [
        'a negative index',
        [
          [-1, []],
          [0, []],
        ],
      ],
      [
        'a short node',
        [
          [0, [new Uint8Array(31)]],
          [0, []],
        ],
      ],
      [
        'text for a node',
        [
          [0, ['a']],
          [0, []],
        ],
      ],
      [
        'a path that is no list',
        [
          [0, 1],
          [0, []],
        ],
      ],
    ] as const)
      it(`${what} is refused`, () =>
        refused('CBOR_INVALID', () => decodeProof(dagCbor.encode(value))))
  })
})

function codeOf(act: () => unknown): string | undefined {
  try {
    act()
  } catch (error) {
    return isStorageError(error) ? error.code : String(error)
  }
  return undefined
}
