/**
 * A child of the benchmark: `keeper-once.ts STORES EPOCHS` follows so many stores, decides about all of them, lets epochs pass in which
 * nothing happens, and prints what that took. Everything but the first look at each store goes through JSON-RPC.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrowserProvider, Network as EthersNetwork, toQuantity, Wallet } from 'ethers'
import { NETWORKS } from '../../src/chain/networks.ts'
import { PERPETUAL } from '../../src/chain/perpetual.ts'
import type { Facts } from '../../src/keep/facts.ts'
import { openKeeperChain } from '../../src/keeper/chain.ts'
import { openKeeper } from '../../src/keeper/keeper.ts'

const [stores = 0, epochs = 0] = process.argv.slice(2).map(Number)
const START = 5_000_000
const TERM = 1_036_800

let epoch = START
let asked = 0

/** A node on which nothing happens. */
function answer({
  method,
  params,
}: {
  method: string
  params?: readonly unknown[] | object
}): unknown {
  if (method === 'eth_chainId') return toQuantity(NETWORKS.localnet.chainId)
  asked += 1
  switch (method) {
    case 'eth_getBlockByNumber':
      return block()
    case 'eth_getLogs':
      return []
    case 'eth_call': {
      const [{ data }] = params as [{ data: string }]
      const call = PERPETUAL.parseTransaction({ data })
      if (call?.name === 'storeCount') return PERPETUAL.encodeFunctionResult('storeCount', [stores])
      if (call?.name === 'pokeable') return PERPETUAL.encodeFunctionResult('pokeable', [[]])
      throw new Error(`unexpected ${call?.name}`)
    }
    default:
      throw new Error(`unexpected ${method}`)
  }
}

function block(): object {
  const zero = `0x${'0'.repeat(64)}`
  return {
    number: toQuantity(epoch),
    hash: zero,
    parentHash: zero,
    timestamp: '0x1',
    nonce: '0x0000000000000000',
    difficulty: '0x0',
    gasLimit: toQuantity(10_000_000_000),
    gasUsed: '0x0',
    miner: `0x${'0'.repeat(40)}`,
    extraData: '0x',
    baseFeePerGas: '0x64',
    transactions: [],
  }
}

/** Three copies at providers of its own, none near its end. */
function factsOf(id: number): Facts {
  const startEpoch = START - 500_000 + (id % 400_000)
  return {
    epoch,
    replicas: 3,
    term: TERM,
    lead: 40_320,
    startDelay: 5_760,
    cancelled: false,
    step: 0,
    openCopies: 0,
    openSince: startEpoch - 5_760,
    openStart: startEpoch,
    crowded: false,
    deals: [0, 1, 2].map((copy) => ({
      dealId: BigInt(id * 3 + copy),
      provider: BigInt(1_000 + ((id + copy) % 500)),
      startEpoch,
      endEpoch: startEpoch + TERM,
      standing: 'active',
      closed: false,
    })),
    eligible: 65_535,
    pieceSize: 2 ** 35,
    price: 50_000_000n,
    maxPrice: 200_000_000n,
    money: 10n ** 20n + BigInt(id),
    openReserve: 0n,
  }
}

const network = EthersNetwork.from(NETWORKS.localnet.chainId)
const provider = new BrowserProvider({ request: async (request) => answer(request) }, network, {
  staticNetwork: network,
  cacheTimeout: -1,
})
const folder = await mkdtemp(join(tmpdir(), 'sealift-keeper-'))
const chain = await openKeeperChain({
  address: `0x${'11'.repeat(20)}`,
  signer: new Wallet(`0x${'22'.repeat(32)}`, provider),
  network: NETWORKS.localnet,
})
const keeper = await openKeeper({
  chain: { ...chain, factsOf: async (id) => factsOf(id) },
  folder,
  network: 'bench',
  newPerEpoch: stores,
})
const { known } = await keeper.tick()
const begin = performance.now()
const standing = keeper.standing(epoch)
const decideMs = performance.now() - begin
asked = 0
const idleBegin = performance.now()
for (let i = 0; i < epochs; i += 1) {
  epoch += 1
  await keeper.tick()
}
const idleMs = (performance.now() - idleBegin) / epochs
await keeper.close()
await rm(folder, { recursive: true })
const healthy = standing.get('healthy') ?? 0
console.log(JSON.stringify({ known, healthy, decideMs, idleMs, requests: asked / epochs }))
