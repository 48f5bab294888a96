import { expect } from 'chai'
import { StorageError } from '../../../src/errors.ts'
import { checkReceipt } from '../../../src/receipt/check.ts'
import { receiptDigest } from '../../../src/receipt/digest.ts'
import type { Receipt } from '../../../src/receipt/schema.ts'
import { refused } from '../../support/refused.ts'
import { aggregate, files, sample } from './sample.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Path = readonly (string | number)[]

/** As it comes out of a file. */
const plain = (receipt: Receipt): Json => JSON.parse(JSON.stringify(receipt)) as Json

function* leavesOf(value: Json, path: Path = []): Generator<{ path: Path; value: Json }> {
  if (typeof value !== 'object' || value === null) return yield { path, value }
  for (const [name, part] of Object.entries(value))
    yield* leavesOf(part, [...path, Array.isArray(value) ? Number(name) : name])
}

function* objectsOf(value: Json, path: Path = []): Generator<Path> {
  if (typeof value !== 'object' || value === null) return
  yield path
  for (const [name, part] of Object.entries(value))
    yield* objectsOf(part, [...path, Array.isArray(value) ? Number(name) : name])
}

/** A copy with `change` made to what holds the last of `path`. */
function changed(from: Json, path: Path, change: (holder: Json[], name: number) => void): Json {
  const copy = structuredClone(from)
  let holder = copy
  for (const name of path.slice(0, -1)) holder = (holder as Json[])[name as number] as Json
  change(holder as Json[], path.at(-1) as number)
  return copy
}

/** A hash differs in a bit, a text in each of its characters, a number by one. */
function othersThan(value: Json): Json[] {
  if (typeof value === 'number') return [value + 1, value - 1, value + 0.5, String(value)]
  if (typeof value === 'boolean') return [!value, 1, String(value)]
  if (value === null) return [0, '', 'x']
  if (typeof value !== 'string') return []
  const each = Array.from(value, (character, i) => {
    const other = String.fromCharCode(character.charCodeAt(0) ^ 1)
    return value.slice(0, i) + other + value.slice(i + 1)
  })
  return [...each, '', `${value} `, value.slice(1), value.slice(0, -1), value.toUpperCase(), 7]
}

/** As whoever tampers would do it who knows how receipts are made. */
function sealed(value: Json): Json {
  try {
    return { ...(value as object), digest: receiptDigest(value as unknown as Receipt) }
  } catch {
    return value
  }
}

describe('checkReceipt', () => {
  it('takes every receipt of an aggregate, from JSON, and says what it checked and what not', () => {
    for (const index of aggregate.segments.keys()) {
      const receipt = sample(index)
      const checked = checkReceipt(plain(receipt))
      expect(checked.receipt).to.deep.equal(receipt)
      expect(checked.claims.length).to.be.greaterThan(5)
      expect(checked.unchecked.map(({ needs }) => needs)).to.deep.equal(['file', 'chain'])
      expect(receipt.piece.size).to.equal(files[index]?.length)
    }
  })

  it('notices any change of any leaf', async () => {
    for (const receipt of [sample(), sample(0, { file: { name: 'b', root: null } })]) {
      const from = plain(receipt)
      let changes = 0
      for (const { path, value } of leavesOf(from))
        for (const other of [...othersThan(value), null, {}, []]) {
          if (other === value) continue
          const tampered = changed(from, path, (holder, name) => {
            holder[name] = other
          })
          if (JSON.stringify(tampered) === JSON.stringify(from)) continue
          const error = await refused('RECEIPT_INVALID', () => checkReceipt(tampered))
          expect(error.message).to.match(/^the receipt is not valid in [a-zA-Z0-9.]+/)
          changes += 1
        }
      expect(changes).to.be.greaterThan(1000)
    }
  })

  it('notices a field that is missing or too many, wherever', async () => {
    const from = plain(sample())
    for (const { path } of leavesOf(from)) {
      const tampered = changed(from, path, (holder, name) => {
        if (Array.isArray(holder)) holder.splice(name, 1)
        else delete holder[name]
      })
      await refused('RECEIPT_INVALID', () => checkReceipt(tampered))
    }
    for (const path of objectsOf(from)) {
      const tampered = changed(from, [...path, 'x'], (holder) => {
        if (Array.isArray(holder)) holder.push(`0x${'00'.repeat(32)}`)
        else Object.assign(holder, { extra: 1 })
      })
      const error = await refused('RECEIPT_INVALID', () => checkReceipt(tampered))
      if (!Array.isArray(path.reduce((at, name) => (at as Json[])[name as number] as Json, from)))
        expect(error.message).to.include('extra')
    }
    for (const other of [null, 1, 'receipt', [], {}, [from]])
      await refused('RECEIPT_INVALID', () => checkReceipt(other))
  })

  it('notices a change though the digest was computed anew, where fields are bound to others', async () => {
    // What only the chain or the file can tell, and no other field says.
    const free = new Set([
      'network.name',
      'network.chainId',
      'network.genesis',
      'file.name',
      'file.root',
      'client.id',
      'deal.activatedAt',
    ])
    const from = plain(sample())
    for (const { path, value } of leavesOf(from))
      for (const other of othersThan(value)) {
        if (other === value || free.has(path.join('.')) || path[0] === 'digest') continue
        const tampered = changed(from, path, (holder, name) => {
          holder[name] = other
        })
        await refused('RECEIPT_INVALID', () => checkReceipt(sealed(tampered)))
      }
  })

  it('names the field, what it should be and what it is', async () => {
    const cases: [(r: Receipt) => unknown, string][] = [
      [(r) => ({ ...r, segment: { ...r.segment, offset: 0 } }), 'segment.offset: expected 147456'],
      [(r) => ({ ...r, segment: { ...r.segment, slot: 3 } }), 'segment.slot: expected 2, got 3'],
      [(r) => ({ ...r, piece: { ...r.piece, size: 501 } }), 'piece.size: expected 500, got 501'],
      [(r) => ({ ...r, client: { ...r.client, address: `0x${'11'.repeat(20)}` } }), 'proposal.pro'],
      [
        (r) => ({ ...r, deal: { ...r.deal, endEpoch: 1_056_961 } }),
        'deal.endEpoch: expected 10569',
      ],
      [(r) => ({ ...r, deal: { ...r.deal, activatedAt: 5761 } }), 'deal.activatedAt'],
      [(r) => ({ ...r, deal: { ...r.deal, dealId: 124 } }), 'sentence'],
      [(r) => ({ ...r, file: { ...r.file, name: 'b.txt' } }), 'digest'],
      [(r) => ({ ...r, proposal: { ...r.proposal, verifiedDeal: true } }), 'proposal.verifiedDeal'],
    ]
    for (const [tamper, words] of cases) {
      const error = await refused('RECEIPT_INVALID', () => checkReceipt(tamper(sample())))
      expect(error.message).to.include(words)
    }
  })

  it('notices the proof of another segment, and a piece that was never in there', async () => {
    const [one, other] = [sample(2), sample(3)]
    for (const tampered of [
      { ...one, proof: other.proof },
      { ...one, piece: other.piece },
      { ...one, proof: { ...one.proof, proofIndex: other.proof.proofIndex } },
    ])
      await refused('RECEIPT_INVALID', () => checkReceipt(sealed(plain(tampered))))
  })

  it('fails with RECEIPT_INVALID alone, whatever the numbers', () => {
    const receipt = sample()
    for (const n of [2 ** 31, 2 ** 45, 2 ** 53, 1e300, -1, 0.5])
      for (const field of ['startEpoch', 'endEpoch', 'dealId'] as const) {
        const tampered = { ...receipt, deal: { ...receipt.deal, [field]: n } }
        expect(() => checkReceipt(tampered))
          .to.throw(StorageError)
          .with.property('code', 'RECEIPT_INVALID')
      }
  })
})
