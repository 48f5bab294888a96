import type { ErrorCode } from '../../../src/errors.ts'
import { type PendingInput, planAggregates, type PlanPolicy } from '../../../src/index.ts'
import { refused } from '../../support/refused.ts'
import { GIB, input, MIB, NOW, POLICY } from './support/pending.ts'

const BAD_POLICIES: readonly Partial<PlanPolicy>[] = [
  { minPieceSize: 3 * MIB },
  { minPieceSize: 64 },
  { maxPieceSize: 32 * GIB + 1 },
  { maxPieceSize: 128 * GIB },
  { minPieceSize: 256, maxPieceSize: 256, closeAtBytes: 256 },
  { minPieceSize: 2 * GIB, maxPieceSize: GIB, closeAtBytes: GIB },
  { closeAtBytes: 0 },
  { closeAtBytes: 32 * GIB + 1 },
  { closeAtBytes: NaN },
  { closeAfter: -1 },
  { closeAfter: 0.5 },
  { maxSegments: 0 },
  { maxSegments: 1.5 },
  { maxOwnerShare: 0 },
  { maxOwnerShare: 1.01 },
  { maxOwnerShare: NaN },
]

const BAD_INPUTS: readonly [ErrorCode, Partial<PendingInput>][] = [
  ['ARGUMENT_INVALID', { id: '' }],
  ['ARGUMENT_INVALID', { pieceCid: '' }],
  ['ARGUMENT_INVALID', { owner: '' }],
  ['ARGUMENT_INVALID', { id: 'other' }],
  ['ARGUMENT_INVALID', { arrivedAt: NaN }],
  ['ARGUMENT_INVALID', { arrivedAt: 0.5 }],
  ['ARGUMENT_INVALID', { deadline: Infinity }],
  ['SEGMENT_INVALID', { pieceSize: 64, size: 1 }],
  ['SEGMENT_INVALID', { pieceSize: MIB + 128 }],
  ['SEGMENT_INVALID', { pieceSize: 0, size: 0 }],
  ['SEGMENT_INVALID', { pieceSize: 128, size: 128 }],
  ['SEGMENT_INVALID', { pieceSize: 128, size: -1 }],
  ['SEGMENT_INVALID', { pieceSize: 128, size: 1.5 }],
]

describe('aggregate/plan-input', () => {
  for (const change of BAD_POLICIES)
    it(`refuses a policy with ${JSON.stringify(change)}`, () =>
      refused('ARGUMENT_INVALID', () => planAggregates([], { ...POLICY, ...change }, NOW)))

  for (const [code, change] of BAD_INPUTS)
    it(`refuses an input with ${JSON.stringify(change)}`, () =>
      refused(code, () => {
        const pending = [input('other', MIB), input('bad', MIB, change)]
        return planAggregates(pending, POLICY, NOW)
      }))

  it('refuses a time that is none', () =>
    refused('ARGUMENT_INVALID', () => planAggregates([], POLICY, 1.5)))

  it('takes what is just allowed', () => {
    const policy = {
      ...POLICY,
      minPieceSize: 128,
      maxPieceSize: 512,
      closeAtBytes: 512,
      closeAfter: 0,
      maxSegments: 1,
      maxOwnerShare: 1,
    }
    planAggregates([input('a', 128), input('b', 128, { size: 0 })], policy, NOW)
    planAggregates([input('a', 32 * GIB)], { ...POLICY, maxPieceSize: 64 * GIB }, NOW)
  })
})
