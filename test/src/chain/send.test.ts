import { expect } from 'chai'
import type { ContractRunner } from 'ethers'
import { boundGas } from '../../../src/chain/gas-bound.ts'
import { send, waitForPending, waitForReceipt } from '../../../src/chain/send.ts'
import type { StorageError } from '../../../src/errors.ts'
import { refused } from '../../support/refused.ts'
import { CONTRACT, FakeNode, ManualClock, OWNER, reverted } from './fake-node.ts'

const OUTGOING = { to: CONTRACT, data: '0x' }

describe('chain/send', () => {
  let node: FakeNode
  let clock: ManualClock
  beforeEach(() => {
    node = new FakeNode()
    clock = new ManualClock()
  })

  it('sends with gas a little above the estimate and the fees of the node', async () => {
    const told: string[] = []
    const sent = await send(node.signer, OUTGOING, 'test', {
      value: 7n,
      clock,
      onSent: (tx) => told.push(tx),
    })
    expect(node.sent[0]).to.deep.include({
      to: CONTRACT,
      value: 7n,
      gasLimit: 1050n,
      maxFeePerGas: 300n,
      maxPriorityFeePerGas: 100n,
    })
    expect(told).to.deep.equal([sent.tx])
    expect(sent.block).to.equal(100n)
    expect(clock.sleeps).to.deep.equal([])
  })

  it('signs nothing whose gas costs more than 1 FIL, or than was said', async () => {
    // 1050 gas at 10^15 attoFIL each.
    const fees = { maxFeePerGas: 10n ** 15n, maxPriorityFeePerGas: 100n }
    const provider = { ...node.provider, getFeeData: async () => fees }
    const signer = { ...node.signer, provider } as unknown as ContractRunner
    const error = await refused('COST_TOO_HIGH', send(signer, OUTGOING, 'proposeDeal', { clock }))
    expect(error.message).to.contain('proposeDeal').and.contain('1.05 FIL').and.contain('1 FIL')
    expect(error.hint).to.contain('SEALIFT_MAX_GAS')
    boundGas(provider, 10n ** 18n + 1n)
    await refused('COST_TOO_HIGH', send(signer, OUTGOING, 'test', { clock }))
    expect(node.sent).to.deep.equal([])
    boundGas(provider, 1050n * 10n ** 15n)
    await send(signer, OUTGOING, 'test', { clock })
    expect(node.sent).to.have.length(1)
    await refused('COST_TOO_HIGH', send(signer, OUTGOING, 'test', { clock, mostForGas: 1n }))
  })

  it('waits while the receipt is null, less and less often', async () => {
    node.receiptDelay = 20
    await send(node.signer, OUTGOING, 'test', { clock })
    expect(clock.sleeps).to.have.length(20)
    expect(clock.sleeps[0]).to.equal(100)
    expect(clock.sleeps.at(-1)).to.equal(5000)
  })

  it('waits until nothing of an account is pending, up to a deadline', async () => {
    await waitForPending(node.provider, OWNER, { clock })
    expect(clock.time).to.equal(0)
    node.pendingLooks = 3
    await waitForPending(node.provider, OWNER, { clock })
    expect(clock.sleeps).to.have.length(3)
    node.pendingLooks = Number.POSITIVE_INFINITY
    await refused('DEADLINE', waitForPending(node.provider, OWNER, { clock, deadlineMs: 60_000 }))
  })

  it('stops waiting at the deadline and names the transaction', async () => {
    node.receiptDelay = Number.POSITIVE_INFINITY
    const error = await refused(
      'DEADLINE',
      send(node.signer, OUTGOING, 'test', { clock, deadlineMs: 60_000 }),
    )
    expect(error.message).to.contain(`0x${'1'.padStart(64, '0')}`)
    expect(clock.time).to.be.within(60_000, 65_000)
  })

  it('survives a node that fails while it waits', async () => {
    let looks = 0
    const provider = {
      ...node.provider,
      getTransactionReceipt: async () => {
        looks += 1
        if (looks < 3) throw Object.assign(new Error('x'), { code: 'ECONNRESET' })
        return { hash: '0x1' }
      },
    } as unknown as typeof node.provider
    expect((await waitForReceipt(provider, '0x1', { clock })).hash).to.equal('0x1')
  })

  it('stops waiting when interrupted', async () => {
    node.receiptDelay = Number.POSITIVE_INFINITY
    const controller = new AbortController()
    const waiting = send(node.signer, OUTGOING, 'test', { signal: controller.signal })
    setTimeout(() => controller.abort(), 20)
    await refused('ABORTED', waiting)
  })

  it('sends nothing that the contract refuses in the estimate', async () => {
    node.failure = reverted('ProposalUnknown', [`0x${'00'.repeat(32)}`])
    await refused('PROPOSAL_NOT_FOUND', send(node.signer, OUTGOING, 'test', { clock }))
    expect(node.sent).to.deep.equal([])
  })

  it('tells why a mined transaction failed', async () => {
    node.status = 0
    const provider = {
      ...node.provider,
      call: async () => {
        throw reverted('LabelEmpty', [])
      },
    }
    const signer = { ...node.signer, provider } as unknown as ContractRunner
    const error = await refused('TRANSACTION_FAILED', send(signer, OUTGOING, 'test', { clock }))
    expect(error.hint).to.contain('the label is empty')
    expect((error.cause as StorageError).code).to.equal('TERM_INVALID')
  })

  it('says so when the failure cannot be seen again', async () => {
    node.status = 0
    const provider = { ...node.provider, call: async () => '0x' }
    const signer = { ...node.signer, provider } as unknown as ContractRunner
    const error = await refused('TRANSACTION_FAILED', send(signer, OUTGOING, 'test', { clock }))
    expect(error.hint).to.contain('out of gas')
  })

  it('needs a key', async () => {
    const error = await refused('NO_KEY', send(node.provider, OUTGOING, 'test', { clock }))
    expect(error.next).to.contain('keystore set PRIVATE_KEY')
  })
})
