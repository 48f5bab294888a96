import { expect } from 'chai'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Provider, Transaction, Wallet } from 'ethers'
import { endWhatWasSigned, holdAccount, resumeAccount } from '../../../src/flow/account.ts'
import type { SignedBytes } from '../../../src/chain/sent-notes.ts'
import { FilecoinProvider } from '../../../src/chain/filecoin-provider.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { refused } from '../../support/refused.ts'
import { ManualClock } from '../chain/fake-node.ts'
import { ScriptedNode } from '../chain/scripted-node.ts'

const ACCOUNT = '0x2222222222222222222222222222222222222222'
const SIGNED = { hash: `0x${'ab'.repeat(32)}`, raw: '0x02', from: ACCOUNT, nonce: 7 }

const HEAD = 1000
const BEHIND = { code: 1, message: "requested a future epoch (beyond 'latest')" }

/** @param refusal Of the node, about the bytes. */
const node = (mined: number, refusal?: Error) => {
  const sent: string[] = []
  let looks = 0
  const provider = {
    getBlockNumber: async () => HEAD,
    getTransactionCount: async (_: string, block: number) => (block === HEAD ? mined : 0),
    broadcastTransaction: async (raw: string) => {
      sent.push(raw)
      if (refusal !== undefined) throw refusal
      return { hash: SIGNED.hash }
    },
    getTransactionReceipt: async () =>
      (looks += 1) < 3 ? null : { hash: SIGNED.hash, blockNumber: HEAD - 1 },
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

  /** What one that holds it after this sees. */
  const newestNext = async (): Promise<number | undefined> => {
    const held = await hold()
    const newest = held.newest()
    await held.release()
    return newest?.block
  }

  it('keeps the newest block that its transactions are in for the next command', async () => {
    const held = await hold()
    for (const [nonce, block] of [1001, 999, undefined].entries()) {
      const hash = `0x${nonce}`
      await held.note({ ...SIGNED, hash, nonce })
      await held.settle(hash, block)
    }
    await held.settle('0xnobody', 5000)
    expect(held.newest()?.block).to.equal(1001)
    await held.release()
    expect(await newestNext()).to.equal(1001)
  })

  it('lets a block go that is older than ten epochs, and knows nothing of one without', async () => {
    const past = Date.now() - 301_000
    const lines = [
      { kind: 'settled', hash: '0x1' },
      { kind: 'settled', hash: '0x2', block: 1001, at: past },
    ]
    await writeFile(
      join(folder, 'sent.jsonl'),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    )
    expect(await newestNext()).to.equal(undefined)
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
      expect(await newestNext(), 'the block of its receipt').to.equal(HEAD - 1)
    })

    it('is left alone when its nonce is used', async () => {
      const { provider, sent } = node(8)
      expect(await left(provider)).to.deep.equal([])
      expect(sent).to.deep.equal([])
      expect(await newestNext(), 'the head that showed it').to.equal(HEAD)
    })

    it('is waited for when a node is ahead of the one that showed its nonce', async () => {
      const error = { code: 1, message: 'nonce too low' }
      const refusal = Object.assign(new Error('nonce has already been used'), { error })
      const { provider } = node(7, refusal)
      let looks = 0
      provider.getBlockNumber = async () => HEAD + looks
      provider.getTransactionCount = async () => ((looks += 1) < 4 ? 7 : 8)
      expect(await left(provider)).to.deep.equal([])
      expect(await newestNext()).to.equal(HEAD + 3)
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

  describe('what an earlier command has done before it could tell', () => {
    const wallet = new Wallet(`0x${'11'.repeat(32)}`)
    const signed = async (nonce: number, value: bigint): Promise<SignedBytes> => {
      const call = { chainId: 314159, to: ACCOUNT, data: '0x12345678', gasLimit: 1n, nonce, value }
      const raw = await wallet.signTransaction({ ...call, maxFeePerGas: 1n })
      return { hash: Transaction.from(raw).hash ?? '', raw, from: ACCOUNT, nonce }
    }
    /** Notes one as a command that is killed then, and lets the next one end it. */
    const next = async (mined: number, status: number) => {
      const before = await hold()
      await before.note(await signed(7, 5n))
      await before.release()
      const held = await hold()
      const provider = {
        ...node(mined).provider,
        getTransactionReceipt: async () => ({ status, blockNumber: HEAD - 1 }),
      } as unknown as Provider
      await endWhatWasSigned(held, provider, { network: 'calibration', clock: new ManualClock() })
      return held
    }

    for (const [how, mined] of [
      ['was mined meanwhile', 8],
      ['is mined now', 7],
    ] as const)
      it(`is not done again by the next one, when it ${how}; by the one after, it is`, async () => {
        const held = await next(mined, 1)
        const error = await refused('ALREADY_SENT', held.note(await signed(8, 5n)))
        expect(error.message).to.include((await signed(7, 5n)).hash)
        expect(held.open()).to.deep.equal([])
        await held.note(await signed(8, 6n))
        await held.release()
        const after = await hold()
        await after.note(await signed(9, 5n))
        await after.release()
      })

    it('is done again where it failed', async () => {
      const held = await next(8, 0)
      await held.note(await signed(8, 5n))
      await held.release()
    })
  })

  it('is not looked at in an older state by the next command', async () => {
    const hash = SIGNED.hash
    const before = await hold()
    await before.note(SIGNED)
    await before.settle(hash, HEAD)
    await before.release()

    // Two nodes behind one name, in turn: one has not seen that block when it is first asked.
    const scripted = await new ScriptedNode(314_159).start()
    let looks = 0
    scripted.answers['eth_getTransactionCount'] = ([, tag]) => {
      looks += 1
      if (tag === `0x${HEAD.toString(16)}`)
        return looks < 12 ? { error: BEHIND } : { result: '0x8' }
      return { result: tag === 'pending' ? '0x8' : '0x7' }
    }
    scripted.head = HEAD - 1
    const clock = new ManualClock()
    clock.time = (1_667_326_380 + 30 * HEAD) * 1000
    const provider = new FilecoinProvider({
      network: NETWORKS.calibration,
      endpoints: [{ url: scripted.url }],
      clock,
      random: () => 0.5,
      batch: 1,
    })
    const held = await hold()
    try {
      await resumeAccount(held, ACCOUNT, provider, { network: 'calibration', clock })
      expect(looks, 'until that block is there').to.equal(12)
      expect(await provider.getTransactionCount(ACCOUNT)).to.equal(8)
    } finally {
      await held.release()
      provider.destroy()
      await scripted.stop()
    }
  })
})
