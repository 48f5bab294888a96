import { expect } from 'chai'
import { toStorageError } from '../../../src/chain/failure.ts'
import { callNode, callRpc } from '../../../src/chain/node.ts'
import type { ErrorCode } from '../../../src/errors.ts'
import { refused } from '../../support/refused.ts'
import { FakeNode, INTERFACE, reverted } from './fake-node.ts'

const forever = (): Promise<never> => new Promise(() => {})

function wrapped(inner: unknown): Error {
  return Object.assign(new Error('outer'), inner)
}

describe('chain/node', () => {
  it('gives up on a node that does not answer', async () => {
    const error = await refused('NODE_UNREACHABLE', callNode('epoch', forever, { timeoutMs: 5 }))
    expect(error.message).to.contain('epoch')
  })

  it('stops at once when interrupted', async () => {
    const controller = new AbortController()
    const call = callNode('epoch', forever, { signal: controller.signal })
    controller.abort()
    await refused('ABORTED', call)
  })

  it('does not call when interrupted before', async () => {
    let called = false
    const call = callNode(
      'epoch',
      async () => {
        called = true
      },
      { signal: AbortSignal.abort() },
    )
    await refused('ABORTED', call)
    expect(called).to.equal(false)
  })

  it('says undefined of a method that the node does not offer', async () => {
    expect(await callRpc(new FakeNode().provider, 'Filecoin.X', [])).to.equal(undefined)
  })

  it('passes on an error of a method that it offers', async () => {
    const node = new FakeNode()
    node.rpc['Filecoin.X'] = () => {
      throw Object.assign(new Error('coalesce'), { error: { code: 1, message: 'bad params' } })
    }
    const error = await refused('NODE_UNREACHABLE', callRpc(node.provider, 'Filecoin.X', []))
    expect(error.message).to.contain('bad params')
  })
})

describe('chain/failure', () => {
  const data = INTERFACE.encodeErrorResult('EscrowTooLow', [5n])

  const CASES: [ErrorCode, string, unknown][] = [
    ['NO_MONEY', 'an ethers call exception', reverted('EscrowTooLow', [5n])],
    ['NO_MONEY', 'an ethers error around a JSON-RPC error', wrapped({ info: { error: { data } } })],
    ['NO_MONEY', 'a Hardhat provider error', wrapped({ data: { message: 'x', data } })],
    ['NO_MONEY', 'a cause', new Error('outer', { cause: wrapped({ data }) })],
    [
      'NO_MONEY',
      'the text of a failed Lotus estimate',
      wrapped({
        error: {
          code: 1,
          message: `failed to estimate gas: message execution failed (exit=[33], revert reason=[${data}], vm error=[x])`,
        },
      }),
    ],
    ['NO_MONEY', 'an account without funds, in ethers', wrapped({ code: 'INSUFFICIENT_FUNDS' })],
    [
      'NO_MONEY',
      'an account without funds, in EDR',
      new Error("Sender doesn't have enough funds to send tx."),
    ],
    [
      'NO_MONEY',
      'an account without funds, in Lotus',
      wrapped({ error: { message: 'mpool push: not enough funds: 0 < 5' } }),
    ],
    ['NODE_UNREACHABLE', 'a refused connection', wrapped({ code: 'ECONNREFUSED' })],
    ['NODE_UNREACHABLE', 'a failed fetch', new TypeError('fetch failed')],
    ['NODE_UNREACHABLE', 'an answer of another kind', new Error('over the rate limit')],
    ['CONTRACT_REFUSED', 'a revert without data', wrapped({ code: 'CALL_EXCEPTION' })],
    ['CONTRACT_REFUSED', 'an error that we do not know', wrapped({ data: '0x12345678' })],
  ]
  for (const [code, name, error] of CASES)
    it(`${code} for ${name}`, () => {
      const storageError = toStorageError(error, 'propose')
      expect(storageError.code).to.equal(code)
      expect(storageError.cause).to.equal(error)
      expect(storageError.message).to.contain('propose')
    })
})
