import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Client } from '../../../src/chain/client-contract.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { StorageError } from '../../../src/errors.ts'
import type { FlowEvent } from '../../../src/flow/events.ts'
import { reannounce } from '../../../src/flow/reannounce.ts'
import { refused } from '../../support/refused.ts'

const IDS = ['01', '02'].map((byte) => `0x${byte.repeat(32)}`)
const START = 2_000n

describe('flow/reannounce', () => {
  let folder: string
  let now: number
  let announced: string[]
  let published: Map<string, number>
  let events: FlowEvent[]
  /** Instead of a look, and of an announcement. */
  let looks: (StorageError | undefined)[]
  let sends: (StorageError | undefined)[]
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-reannounce-'))
  })
  after(() => rm(folder, { recursive: true }))
  beforeEach(() => {
    now = 0
    announced = []
    published = new Map()
    events = []
    looks = []
    sends = []
  })

  const epoch = (): bigint => 1_000n + BigInt(Math.floor(now / 30_000))
  const stateOf = (id: string): string => {
    if ((published.get(id) ?? 0) > 0) return 'filled'
    return epoch() > START ? 'lapsed' : 'open'
  }
  const view = (id: string) => ({
    proposalId: id,
    providers: [],
    replicas: 1,
    published: published.get(id) ?? 0,
    startEpoch: START,
    state: stateOf(id),
    dealIds: [],
  })
  const context = (onSleep: () => void = () => undefined) => ({
    network: NETWORKS.localnet,
    provider: {} as never,
    relayFolder: folder,
    onEvent: (event: FlowEvent) => events.push(event),
    client: {
      address: '0xd4aac4d8fbc7575bdf5c19f900634d6c61a00a79',
      epoch: async () => epoch(),
      proposals: async (ids?: readonly string[]) => {
        const failure = looks.shift()
        if (failure !== undefined) throw failure
        return (ids ?? IDS).map(view)
      },
      deals: async () => [],
      reannounce: async (id: string) => {
        const failure = sends.shift()
        if (failure !== undefined) throw failure
        announced.push(id)
        return { tx: `0x${announced.length}`, block: epoch(), receipt: { fee: 5n } }
      },
    } as unknown as Client,
    clock: {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms
        onSleep()
      },
    },
  })
  const HOURS_6 = 6 * 3_600_000

  it('announces each open one once, and says what it cost', async () => {
    published.set(IDS[1] ?? '', 1)
    const document = await reannounce({ once: true, everyMs: HOURS_6, maxCost: 100n }, context())
    expect(document.spent).to.equal('5')
    expect(document.proposals.map(({ proposalId, state }) => [proposalId, state])).to.deep.equal([
      [IDS[0], 'open'],
    ])
    expect(document.proposals[0]?.announcements).to.deep.equal([
      { tx: '0x1', epoch: 1_000, fee: '5' },
    ])
    expect(now).to.equal(0)
  })

  it('repeats until each is taken, and no longer', async () => {
    const document = await reannounce(
      { once: false, everyMs: 600_000, maxCost: 1_000n },
      context(() => {
        if (now >= 900_000) published.set(IDS[0] ?? '', 1)
        if (now >= 2_000_000) published.set(IDS[1] ?? '', 1)
      }),
    )
    expect(document.proposals.map(({ state }) => state)).to.deep.equal(['filled', 'filled'])
    expect(announced).to.deep.equal([IDS[0], IDS[1], IDS[0], IDS[1], IDS[1], IDS[1]])
    expect(document.spent).to.equal('30')
    expect(now).to.be.within(2_000_000, 2_030_000)
  })

  it('ends when the proposal lapses', async () => {
    const document = await reannounce(
      { proposalId: IDS[0], once: false, everyMs: HOURS_6, maxCost: 1_000n },
      context(),
    )
    expect(document.proposals[0]).to.include({ state: 'lapsed' })
    // 1,000 epochs of 30 s are 8 h 20 min.
    expect(announced).to.deep.equal([IDS[0], IDS[0]])
  })

  it('announces nothing that is not open', async () => {
    published.set(IDS[0] ?? '', 1)
    const document = await reannounce(
      { proposalId: IDS[0], once: false, everyMs: HOURS_6, maxCost: 1_000n },
      context(),
    )
    expect(announced).to.deep.equal([])
    expect(document.proposals[0]).to.include({ state: 'filled' })
  })

  const away = new StorageError('NODE_UNREACHABLE', { what: 'away' })
  const gone = new StorageError('CONTRACT_REFUSED', { what: 'it is filled' })
  const types = (): string[] => events.map(({ type }) => type)

  it('has the account for each announcement alone', async () => {
    const held: string[] = []
    let account = 'free'
    const whileHolding = async <T>(send: () => Promise<T>): Promise<T> => {
      account = 'held'
      try {
        return await send()
      } finally {
        account = 'free'
      }
    }
    const around = context(() => held.push(account))
    const request = { proposalId: IDS[0], once: false, everyMs: HOURS_6, maxCost: 100n }
    const announce = around.client.reannounce.bind(around.client)
    around.client.reannounce = async (id, options) => {
      expect(account).to.equal('held')
      return announce(id, options)
    }
    await reannounce(request, { ...around, whileHolding })
    expect(announced).to.have.length(2)
    expect(new Set(held)).to.deep.equal(new Set(['free']))
  })

  it('goes on with the others where one cannot be announced, and tries that one again soon', async () => {
    sends = [gone]
    const document = await reannounce(
      { once: false, everyMs: HOURS_6, maxCost: 100n },
      context(() => {
        if (now >= 900_000) for (const id of IDS) published.set(id, 1)
      }),
    )
    expect(announced).to.deep.equal([IDS[1], IDS[0]])
    expect(types()[0]).to.equal('reannounce:failed')
    expect(document.spent).to.equal('10')
  })

  it('outlasts a node that is away, and tells it once', async () => {
    looks = [undefined, away, away, away]
    const document = await reannounce(
      { proposalId: IDS[0], once: false, everyMs: HOURS_6, maxCost: 100n },
      context(() => {
        if (now >= 300_000) published.set(IDS[0] ?? '', 1)
      }),
    )
    expect(document.proposals[0]).to.include({ state: 'filled' })
    expect(types().filter((type) => type === 'reannounce:away')).to.have.length(1)
  })

  it('fails where nothing at all could be announced', async () => {
    sends = [gone]
    const request = { proposalId: IDS[0], once: true, everyMs: HOURS_6, maxCost: 100n }
    await refused('CONTRACT_REFUSED', reannounce(request, context()))
    looks = [away]
    await refused('NODE_UNREACHABLE', reannounce(request, context()))
  })

  it('spends no more than it may', async () => {
    const failure = await refused(
      'NO_MONEY',
      reannounce({ proposalId: IDS[0], once: false, everyMs: 600_000, maxCost: 12n }, context()),
    )
    expect(failure.message).to.include('10 attoFIL spent')
    expect(announced).to.have.length(2)
  })
})
