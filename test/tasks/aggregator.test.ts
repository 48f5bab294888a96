import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import type { AggregatorReport } from '../../src/aggregator/report.ts'
import { isPrivateHost } from '../../src/chain/private-host.ts'
import { StorageError } from '../../src/errors.ts'
import { type AggregatorArguments, readAggregation } from '../../tasks/aggregation.ts'
import { aggregate, type AggregatorPorts } from '../../tasks/aggregator.ts'
import { refused } from '../support/refused.ts'
import { actJson, actPlain } from './support/act.ts'
import { fakeIo } from './support/fake-io.ts'
import { runTask } from '../../tasks/run.ts'

const ARGS: AggregatorArguments = {
  hub: undefined,
  fromBlock: undefined,
  state: undefined,
  source: undefined,
  gateway: undefined,
  minPayment: '0FIL',
  tries: '5',
  closeAt: '16GiB',
  closeAfter: '6h',
  minPieceSize: '1GiB',
  maxPieceSize: '32GiB',
  replicas: '1',
  provider: undefined,
  duration: undefined,
  startIn: undefined,
  price: undefined,
  providerCollateral: undefined,
  clientCollateral: undefined,
  url: undefined,
  depot: undefined,
  contract: undefined,
  once: true,
  yes: false,
  json: true,
}
const HUB = `0x${'ab'.repeat(20)}`

function report(open: number): AggregatorReport {
  const request = { why: null, pieceCidV2: null, batch: null, deals: [] } as const
  return {
    read: 9,
    requests: [
      { id: '1', standing: 'settled', ...request },
      { id: '2', standing: 'refused', ...request, why: 'nobody has it' },
      ...(open > 0 ? [{ id: '3', standing: 'waiting' as const, ...request }] : []),
    ],
    batches: [],
    open,
  }
}

/** Everything that the task itself does not look into is left out. */
function options(once = true): Parameters<typeof aggregate>[1] {
  const { fetching, ...aggregation } = readAggregation(ARGS)
  const rules = { stallMs: 1, deadlineMs: 1, isPrivateHost }
  return {
    ...aggregation,
    fetching: { ...fetching, rules },
    flow: { network: NETWORKS.localnet },
    hub: { address: HUB },
    account: '0x1',
    folder: '/state',
    fromBlock: 0n,
    once,
  } as unknown as Parameters<typeof aggregate>[1]
}

function ports(change: Partial<AggregatorPorts> = {}): AggregatorPorts {
  return { depotUrl: 'http://127.0.0.1:1', run: async () => report(0), ...change }
}

describe('tasks/aggregator', () => {
  const yes = { yes: false }

  it('prints one report, and ends with 2 while requests wait', async () => {
    const done = await actJson((run) => aggregate(yes, options(), run, ports()))
    expect(done.document).to.deep.equal({
      version: 1,
      kind: 'aggregator',
      network: 'localnet',
      hub: HUB,
      account: '0x1',
      folder: '/state',
      ...report(0),
    })
    expect(done.io.exitCode()).to.equal(0)
    const waits = ports({ run: async () => report(1) })
    const { io } = await actJson((run) => aggregate(yes, options(), run, waits))
    expect(io.exitCode()).to.equal(2)
  })

  it('tells a person what it decides, and at the end what it refused', async () => {
    const talks = ports({
      run: async ({ emit }) => {
        const reason = 'it is new'
        emit({ type: 'decided', decision: { step: 'fetch', id: '1', reason } })
        emit({ type: 'fact', fact: { kind: 'paid', id: '1', tx: '0x2' } })
        emit({
          type: 'trouble',
          what: 'propose 1',
          error: new StorageError('NO_MONEY', { what: 'poor' }),
        })
        return report(1)
      },
    })
    const io = await actPlain((run) => aggregate(yes, options(), run, talks))
    for (const text of [
      'fetch request 1: it is new',
      'request 1 is paid',
      'propose 1 failed',
      'poor',
    ])
      expect(io.err()).to.include(text)
    expect(io.out()).to.equal(
      'request 2 is refused: nobody has it\n2 of 3 requests are settled, 1 wait\n',
    )
  })

  it('runs until it is interrupted, and ends well', async () => {
    const io = fakeIo({ cwd: '/' })
    const waiting = ports({
      run: async ({ signal, once }) => {
        expect(once).to.equal(false)
        setTimeout(() => io.interrupt(), 1)
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
        return report(1)
      },
    })
    await runTask(
      { json: true, verbose: false },
      (run) => aggregate(yes, options(false), run, waiting),
      io,
    )
    expect(JSON.parse(io.out())).to.include({ kind: 'aggregator', open: 1 })
    expect(io.exitCode()).to.equal(0)
  })

  it('begins with nothing when providers could not reach the depot', async () => {
    const act = ports({ depotUrl: '', run: async () => expect.fail('it ran') })
    const { document } = await actJson((run) => aggregate(yes, options(), run, act))
    expect(document).to.include({ code: 'URL_INVALID' })
  })
})

describe('tasks/aggregation', () => {
  it('reads sizes, times in epochs, and places to fetch from', () => {
    const { policy, wishes, fetching } = readAggregation({
      ...ARGS,
      source: 'https://a.example/, https://b.example',
      duration: '200d',
      startIn: '3d',
      price: '5nanoFIL',
    })
    expect(policy.plan).to.deep.equal({
      minPieceSize: 2 ** 30,
      maxPieceSize: 2 ** 35,
      closeAtBytes: 2 ** 34,
      closeAfter: 720,
    })
    expect(policy.storedEpochs).to.equal(203 * 2880)
    expect(readAggregation({ ...ARGS, minPayment: '2nanoFIL' }).policy.minPayment).to.equal(
      2_000_000_000n,
    )
    expect(wishes).to.deep.include({
      durationEpochs: 200n * 2880n,
      price: { attoFil: 5_000_000_000n, bytes: undefined, seconds: 30n },
    })
    expect(fetching).to.deep.equal({
      sources: ['https://a.example', 'https://b.example'],
      gateways: [],
      maxBytes: 2 ** 32 - 1,
    })
    expect(readAggregation(ARGS).policy.storedEpochs).to.equal(367 * 2880)
  })

  it('refuses what contradicts itself or cannot be understood', async () => {
    for (const change of [
      { closeAt: '64GiB' },
      { minPieceSize: '64GiB' },
      { closeAfter: '6' },
      { gateway: 'ftp://a.example' },
      { tries: '0' },
      { minPayment: '1' },
    ])
      await refused('ARGUMENT_INVALID', () => readAggregation({ ...ARGS, ...change }))
  })
})
