import { expect } from 'chai'
import { type ErrorFragment, Interface } from 'ethers'
import { CLIENT_ABI, FACTORY_ABI, INNER_ERRORS_ABI, OWNER_ABI } from '../../../src/chain/abi.ts'
import { HUB_ERRORS_ABI } from '../../../src/chain/hub-revert.ts'
import { decodeRevert } from '../../../src/chain/revert.ts'
import type { ErrorCode } from '../../../src/errors.ts'

const ERRORS = new Interface([
  ...CLIENT_ABI,
  ...OWNER_ABI,
  ...INNER_ERRORS_ABI,
  ...FACTORY_ABI,
  ...HUB_ERRORS_ABI,
])
const ID = `0x${'ab'.repeat(32)}`

function sample(type: string): unknown {
  if (type === 'bytes32') return ID
  if (type === 'bytes') return '0xdeadbeef'
  if (type === 'string') return 'text'
  if (type === 'address') return `0x${'12'.repeat(20)}`
  return 3n
}

function errors(): ErrorFragment[] {
  const found: ErrorFragment[] = []
  ERRORS.forEachError((error) => found.push(error))
  return found
}

function decoded(name: string, values: unknown[]) {
  return decodeRevert(ERRORS.encodeErrorResult(name, values), {
    what: 'propose',
    network: 'calibration',
  })
}

describe('chain/revert', () => {
  for (const error of errors())
    it(`puts ${error.name} into words`, () => {
      const values = error.inputs.map(({ type }) => sample(type))
      const message = decoded(error.name, values)?.message
      expect(message).to.match(/^propose: [a-z]/)
      expect(message).to.not.match(/undefined|function|NaN/)
    })

  const CODES: [string, unknown[], ErrorCode, string][] = [
    ['StartEpochPassed', [5n, 9n], 'EPOCH_PAST', 'after epoch 9, got 5'],
    ['LabelTooLong', [300n, 256n], 'LABEL_TOO_LONG', 'at most 256 bytes, got 300'],
    ['LocationInvalid', [23n], 'URL_INVALID', 'position 23'],
    ['LocationTooLong', [5000n, 4096n], 'URL_INVALID', 'at most 4096 bytes, got 5000'],
    ['PieceSizeInvalid', [1n << 40n, 128n, 1n << 36n], 'PIECE_TOO_LARGE', '68719476736'],
    ['PieceSizeInvalid', [129n, 128n, 1n << 36n], 'TERM_INVALID', 'got 129'],
    ['EscrowTooLow', [10n ** 16n], 'NO_MONEY', 'lacks 0.01 FIL'],
    ['ProposalUnknown', [ID], 'PROPOSAL_NOT_FOUND', ID],
    ['ProposalNotInState', [ID, 2, 1], 'CONTRACT_REFUSED', 'expected open, got filled'],
    ['ProviderListTooLong', [65n, 64n], 'TERM_INVALID', 'at most 64, got 65'],
    ['NotOwner', [`0x${'12'.repeat(20)}`, `0x${'34'.repeat(20)}`], 'CONTRACT_REFUSED', 'owner'],
    ['CborTrailing', [153n], 'CONTRACT_REFUSED', 'CborTrailing at byte 153'],
    ['DeadlinePassed', [5n, 9n], 'EPOCH_PAST', 'after epoch 9, got 5'],
    ['CidLengthInvalid', [129n, 128n], 'TERM_INVALID', '1 to 128 bytes, got 129'],
    ['DealSizeMismatch', [128n, 256n], 'CONTRACT_REFUSED', 'expected 256, got 128'],
    ['PaymentNotOpen', [3n, 2], 'CONTRACT_REFUSED', 'got paid'],
    ['EndEpochMismatch', [7n, 8n], 'CONTRACT_REFUSED', 'expected 8, got 7'],
  ]
  for (const [name, values, code, part] of CODES)
    it(`gives ${name} the code ${code}`, () => {
      const error = decoded(name, values)
      expect(error?.code).to.equal(code)
      expect(error?.message).to.contain(part)
    })

  it('recommends a command on the same network', () => {
    expect(decoded('ProposalExists', [ID])?.next).to.equal(
      `npx hardhat deals ${ID} --network calibration`,
    )
  })

  it('passes on what Solidity says by itself', () => {
    const data = new Interface(['error Error(string)']).encodeErrorResult('Error', ['because'])
    expect(decodeRevert(data, { what: 'x' })?.message).to.equal('x: the contract refused: because')
  })

  it('knows nothing of other errors', () => {
    expect(decodeRevert('0x12345678', { what: 'x' })).to.equal(undefined)
  })
})
