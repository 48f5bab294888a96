import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import { StorageError } from '../../src/errors.ts'
import type { StoreDecision } from '../../src/keeper/events.ts'
import type { Keeper, KeeperOptions, TickReport } from '../../src/keeper/keeper.ts'
import { keep, type KeeperPorts } from '../../tasks/keeper.ts'
import { actJson, actPlain } from './support/act.ts'

const CONTRACT = `0x${'cd'.repeat(20)}`
const ARGS = {
  once: true,
  minProfit: '0FIL',
  metrics: undefined as string | undefined,
  logJson: false,
  yes: false,
}
const DECISION: StoreDecision = {
  id: 7,
  epoch: 100,
  reason: 'renewal',
  action: 'poke',
  why: 'a deal is near its end',
  pay: 3n * 10n ** 16n,
  cost: 10n ** 16n,
}
const REPORT: TickReport = {
  epoch: 100,
  stores: 9,
  known: 9,
  due: 1,
  decisions: [DECISION],
  waiting: 0,
  sent: 1,
  confirmed: 1,
  failed: 0,
  paid: 3n * 10n ** 16n,
  spent: 10n ** 16n,
  requests: 12,
  decisionSeconds: 0.001,
}

type Given = Pick<KeeperOptions, 'minProfit' | 'onEvent'>

function ports(
  tick: (options: Given) => Promise<TickReport> = async () => REPORT,
): KeeperPorts & { readonly given: Given[]; closed: number } {
  const made = {
    network: NETWORKS.localnet,
    contract: CONTRACT,
    account: '0x1',
    folder: '/state',
    given: [] as Given[],
    closed: 0,
    open: async (options: Given): Promise<Keeper> => {
      made.given.push(options)
      return {
        tick: () => tick(options),
        standing: () => new Map([['renewal', 9]]),
        close: async () => {
          made.closed += 1
        },
      }
    },
  }
  return made
}

describe('tasks/keeper', () => {
  it('prints one report, and closes the keeper', async () => {
    const given = ports()
    const { document, io } = await actJson((run) => keep(ARGS, run, given))
    expect(document).to.deep.equal({
      version: 1,
      kind: 'keeper',
      network: 'localnet',
      contract: CONTRACT,
      account: '0x1',
      folder: '/state',
      epoch: 100,
      stores: 9,
      due: 1,
      decisions: [{ ...DECISION, pay: '30000000000000000', cost: '10000000000000000' }],
      sent: 1,
      confirmed: 1,
      failed: 0,
      waiting: 0,
      paid: '30000000000000000',
      spent: '10000000000000000',
    })
    expect(io.exitCode()).to.equal(0)
    expect(given.closed).to.equal(1)
  })

  it('tells a person what it decides and finds, a line each', async () => {
    const talks = ports(async ({ onEvent }) => {
      onEvent?.({ type: 'decided', decision: DECISION })
      onEvent?.({ type: 'fact', fact: { kind: 'final', nonce: 3 } })
      onEvent?.({ type: 'fact', fact: { kind: 'dropped', nonce: 4, reason: 'gone' } })
      const error = new StorageError('NODE_UNREACHABLE', { what: 'away' })
      onEvent?.({ type: 'trouble', what: 'send message 4', error })
      return REPORT
    })
    const io = await actPlain((run) => keep(ARGS, run, talks))
    for (const text of [
      'store 7 is poked (brings 0.03 FIL, costs 0.01 FIL): a deal is near its end\n',
      'message 4 is given up: gone\n',
      'send message 4 failed, and is tried again: away\n',
    ])
      expect(io.err()).to.include(text)
    expect(io.err()).not.to.include('message 3')
    expect(io.out()).to.match(/9 stores; 1 message sent so far, 1 confirmed, 0 failed/)
  })

  it('writes lines of JSON on request, without what is signed', async () => {
    const talks = ports(async ({ onEvent }) => {
      onEvent?.({ type: 'decided', decision: DECISION })
      const signing = { maxFee: '1', premium: '1', raw: '0x02ab', hash: '0x1', epoch: 1 }
      const intended = {
        kind: 'intended',
        nonce: 0,
        ids: [7],
        location: null,
        gasLimit: '1',
      } as const
      onEvent?.({ type: 'fact', fact: { ...intended, ...signing } })
      return REPORT
    })
    const io = await actPlain((run) => keep({ ...ARGS, logJson: true }, run, talks))
    const lines = io
      .err()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines[0]).to.deep.include({
      type: 'decided',
      id: 7,
      action: 'poke',
      pay: '30000000000000000',
    })
    expect(lines[1]).to.deep.include({ type: 'fact', kind: 'intended', ids: [7] })
    expect(io.err()).not.to.include('0x02ab')
  })

  it('takes a profit below nothing, and refuses one without a unit', async () => {
    const given = ports()
    await actJson((run) => keep({ ...ARGS, minProfit: '-0.5FIL' }, run, given))
    expect(given.given[0]?.minProfit).to.equal(-5n * 10n ** 17n)
    const { io } = await actJson((run) => keep({ ...ARGS, minProfit: '5' }, run, given))
    expect(io.exitCode()).to.equal(1)
  })

  it('looks again while messages wait, and ends with 2 when they still do', async () => {
    let looks = 0
    const waits = ports(async () => ({ ...REPORT, waiting: (looks += 1) < 2 ? 1 : 0 }))
    const { io } = await actJson((run) => keep(ARGS, run, waits))
    expect(looks).to.equal(2)
    expect(io.exitCode()).to.equal(0)
  })

  it('serves metrics while it runs', async () => {
    let page = ''
    let url = ''
    const scraped = ports(async () => {
      if (url !== '') page = await (await fetch(url)).text()
      return { ...REPORT, waiting: page === '' ? 1 : 0 }
    })
    await actPlain((run) => {
      const { line } = run.progress
      const progress = {
        ...run.progress,
        line: (text: string) => {
          url = /http\S+/.exec(text)?.[0] ?? url
          line.call(run.progress, text)
        },
      }
      return keep({ ...ARGS, metrics: '0' }, { ...run, progress }, scraped)
    })
    expect(page).to.match(/^sealift_keeper_stores 9$/m)
    expect(page).to.match(/^sealift_keeper_stores_standing\{reason="renewal"\} 9$/m)
    expect(page).to.match(/^sealift_keeper_paid_fil_total 0.03$/m)
    expect(page).to.match(/^sealift_keeper_rpc_requests_total 12$/m)
    await fetch(url).then(
      () => expect.fail('still served'),
      () => undefined,
    )
  })
})
