import { expect } from 'chai'
import type { Signer } from 'ethers'
import { NETWORKS } from '../../../src/chain/networks.ts'
import type { DeployOnceOptions } from '../../../src/flow/deploy-once.ts'
import { stillStands } from '../../../src/flow/sent-before.ts'
import { ManualClock, OWNER } from '../chain/fake-node.ts'

const NOTE = { from: OWNER, nonce: 3, hash: `0x${'5c'.repeat(32)}`, raw: '0x02' }

/** Nodes behind one URL: the nonce is of one that is ahead, what is known of the transaction of one that lags for some looks. */
function options(lag: number, status: number, clock: ManualClock): DeployOnceOptions {
  let looks = 0
  const provider = {
    getTransaction: async () => null,
    getTransactionCount: async () => 4,
    getTransactionReceipt: async () => {
      looks += 1
      return looks > lag ? { status } : null
    },
  }
  const signer = { provider } as unknown as Signer
  return { network: NETWORKS.calibration, signer, clock } as unknown as DeployOnceOptions
}

describe('flow/sent-before', () => {
  it('takes a nonce that is used for that of our own transaction, once a node knows it', async () => {
    const clock = new ManualClock()
    expect(await stillStands(options(5, 1, clock), NOTE)).to.equal(true)
    expect(clock.time).to.be.greaterThan(0)
  })

  it('sends another one where ours failed, or none turns up in five epochs', async () => {
    expect(await stillStands(options(5, 0, new ManualClock()), NOTE)).to.equal(false)
    const clock = new ManualClock()
    expect(await stillStands(options(1e9, 1, clock), NOTE)).to.equal(false)
    expect(clock.time).to.be.within(150_000, 160_000)
  })
})
