import { expect } from 'chai'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Provider } from 'ethers'
import { endWhatWasSigned, holdAccount } from '../../../src/flow/account.ts'
import { refused } from '../../support/refused.ts'
import { ManualClock } from '../chain/fake-node.ts'

const ACCOUNT = '0x2222222222222222222222222222222222222222'
const SIGNED = { hash: `0x${'ab'.repeat(32)}`, raw: '0x02', from: ACCOUNT, nonce: 7 }

/** @param refusal Of the node, about the bytes. */
const node = (mined: number, refusal?: Error) => {
  const sent: string[] = []
  let looks = 0
  const provider = {
    getTransactionCount: async () => mined,
    broadcastTransaction: async (raw: string) => {
      sent.push(raw)
      if (refusal !== undefined) throw refusal
      return { hash: SIGNED.hash }
    },
    getTransactionReceipt: async () => ((looks += 1) < 3 ? null : { hash: SIGNED.hash }),
  }
  return { sent, provider: provider as unknown as Provider }
}

describe('flow/account', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-account-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const hold = (more: { waitMs?: number; onWait?: () => void; clock?: ManualClock } = {}) =>
    holdAccount({ folder, account: ACCOUNT, waitMs: 5000, clock: new ManualClock(), ...more })

  it('is held by one command at a time; another one ends with what to do', async () => {
    const held = await hold()
    const clock = new ManualClock()
    const error = await refused('IN_USE', hold({ clock }))
    expect(clock.time).to.equal(5000)
    expect(error.message).to.contain(ACCOUNT).and.to.contain(`process ${process.pid}`)
    expect(error.hint).to.contain('Nothing was sent')
    await held.release()
    await (await hold()).release()
  })

  it('is waited for, and told so once', async () => {
    const held = await hold()
    let told = 0
    const clock = new ManualClock()
    const sleep = clock.sleep.bind(clock)
    clock.sleep = async (ms) => {
      await sleep(ms)
      if (clock.time >= 3000) await held.release()
    }
    const next = await hold({ clock, onWait: () => (told += 1) })
    expect(told).to.equal(1)
    await next.release()
  })

  it('is held against another process, until that one is gone', async () => {
    const child = fork(new URL('./hold-account.ts', import.meta.url), [folder], { stdio: 'ignore' })
    await once(child, 'message')
    const error = await refused('IN_USE', hold({ waitMs: 0 }))
    expect(error.message).to.contain(`process ${child.pid}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const held = await hold()
    // What the other one signed is known.
    expect(held.open().map(({ hash, nonce }) => ({ hash, nonce }))).to.deep.equal([
      { hash: SIGNED.hash, nonce: 7 },
    ])
    await held.release()
  })

  const left = async (provider: Provider, agedMs = 0): Promise<readonly unknown[]> => {
    const before = await hold()
    await before.note(SIGNED)
    await before.note(SIGNED)
    await before.release()
    const held = await hold()
    expect(held.open()).to.have.length(1)
    const clock = new ManualClock()
    clock.time = Date.now() + agedMs
    await endWhatWasSigned(held, provider, { network: 'calibration', clock })
    const open = held.open()
    await held.release()
    const again = await hold()
    expect(again.open()).to.deep.equal(open)
    await again.release()
    return open
  }

  describe('what an earlier command signed', () => {
    it('is sent again, the same bytes, and waited for', async () => {
      const { provider, sent } = node(7)
      expect(await left(provider)).to.deep.equal([])
      expect(sent).to.deep.equal(['0x02'])
    })

    it('is left alone when its nonce is used', async () => {
      const { provider, sent } = node(8)
      expect(await left(provider)).to.deep.equal([])
      expect(sent).to.deep.equal([])
    })

    it('is let go after an hour', async () => {
      const { provider, sent } = node(7)
      expect(await left(provider, 3_700_000)).to.deep.equal([])
      expect(sent).to.deep.equal([])
    })

    it('is let go when the node refuses it', async () => {
      const refusal = Object.assign(new Error('x'), { error: { code: 1, message: 'no funds' } })
      expect(await left(node(7, refusal).provider)).to.deep.equal([])
    })

    it('is kept when no node answers', async () => {
      const refusal = Object.assign(new Error('x'), { code: 'ECONNRESET' })
      const { provider } = node(7, refusal)
      const before = await hold()
      await before.note(SIGNED)
      await refused(
        'NODE_UNREACHABLE',
        endWhatWasSigned(before, provider, { network: 'calibration' }),
      )
      expect(before.open()).to.have.length(1)
      await before.release()
    })
  })
})
