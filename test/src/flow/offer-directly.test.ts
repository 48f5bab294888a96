import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { f410FromEth, idAddress } from '../../../src/bytes/address.ts'
import type { Client } from '../../../src/chain/client-contract.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { offerDirectly } from '../../../src/flow/offer-directly.ts'
import { openPushLog, pushFolder, type PushLog } from '../../../src/relay/push-log.ts'
import { refused } from '../../support/refused.ts'
import { proposalFor, sampleCar } from '../provider/support/proposals.ts'

const CLIENT = '0xd4aac4d8fbc7575bdf5c19f900634d6c61a00a79'
const sample = await sampleCar()
const proposal = proposalFor(sample, { provider: idAddress(0n), client: f410FromEth(CLIENT) })
const extra = {
  locationRef: 'http://depot.example/piece/x',
  carSize: BigInt(sample.car.length),
  skipIpniAnnounce: true,
  removeUnsealedCopy: false,
}

describe('flow/offer-directly', () => {
  let folder: string
  let other: PushLog
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-offer-'))
    other = await openPushLog(pushFolder(folder, 'localnet', CLIENT))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const offer = (onSleep: () => Promise<void>) => {
    let now = 0
    return offerDirectly([{ proposalId: `0x${'ab'.repeat(32)}`, providers: [1002n] }], {
      network: NETWORKS.localnet,
      relayFolder: folder,
      provider: { send: async () => ({ PeerId: null, Multiaddrs: [] }) } as never,
      client: {
        address: CLIENT,
        getDealProposal: async () => proposal,
        getExtraParams: async () => extra,
      } as unknown as Client,
      clock: {
        now: () => now,
        sleep: async (ms) => {
          now += ms
          await onSleep()
        },
      },
    })
  }

  it('waits for another process that offers', async () => {
    const [record] = await offer(() => other.close())
    expect(record).to.include({ provider: 1002n, outcome: 'unreachable' })
  })

  it('says so when that one does not end', async () => {
    await refused(
      'IN_USE',
      offer(async () => undefined),
    )
    await other.close()
  })
})
