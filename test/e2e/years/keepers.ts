/** Who pokes: two keepers that compete, one of which is killed now and then, and one that is greedy. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrowserProvider, type Eip1193Provider, id as hashOf, Wallet } from 'ethers'
import { NETWORKS } from '../../../src/chain/networks.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import { openKeeperChain } from '../../../src/keeper/chain.ts'
import type { Entry } from '../../../src/keeper/facts.ts'
import { type Keeper as Engine, openKeeper } from '../../../src/keeper/keeper.ts'
import type { Dice } from './dice.ts'
import { DAY } from './providers.ts'

import { GAS_PRICE, hex, type World } from './world.ts'

/** Stores beyond those that are due that the greedy one tries each time. */
const GREED = 1
/** A keeper looks at every store once in so many epochs: what f05 ends, no log tells. */
const SWEEP = 15 * DAY
const PAGE = 10
const FUNDS = 1_000n * 10n ** 18n

export interface Keeper {
  readonly name: string
  /** 0x, lower case. */
  readonly address: string
  /** Does what it thinks is due. @param due What the contract calls due. */
  act(due: readonly number[]): Promise<void>
  /** Pokes of single stores that it paid gas for, as far as it counts them; how often it was killed. */
  asked(): number
  kills(): number
  close(): Promise<void>
}

/** Nothing that is thrown by anything else: the power went. */
class Killed extends Error {}

/** `src/keeper`, with a key and a journal of its own. @param deadly Per cent of what it writes down that kills it, before or after. */
export async function realKeeper(
  world: World,
  name: string,
  { roll, chance }: Dice,
  deadly: number,
): Promise<Keeper> {
  const folder = await mkdtemp(join(tmpdir(), `sealift-years-${name}-`))
  const node: Eip1193Provider = {
    request: async (request) =>
      // What this Filecoin is asked for the gas, it always wants the same.
      request.method === 'eth_maxPriorityFeePerGas'
        ? hex(GAS_PRICE)
        : world.node.request(request as Parameters<typeof world.node.request>[0]),
  }
  const wallet = new Wallet(
    hashOf(name),
    new BrowserProvider(node, undefined, { cacheTimeout: -1 }),
  )
  await world.node.request({
    method: 'hardhat_setBalance',
    params: [wallet.address, hex(FUNDS)],
  })
  let kills = 0
  let isDead = false
  const through = (journal: Journal<Entry>): Journal<Entry> => ({
    close: () => journal.close(),
    async append(entry) {
      if (isDead) throw new Killed()
      if (!chance(deadly)) return journal.append(entry)
      isDead = true
      kills += 1
      if (roll(2) === 0) await journal.append(entry)
      throw new Killed()
    },
  })
  const open = async (): Promise<Engine> => {
    isDead = false
    const { address } = world
    const chain = await openKeeperChain({ address, signer: wallet, network: NETWORKS.localnet })
    const network = 'localnet'
    return openKeeper({ chain, folder, network, through, pageSize: PAGE, sweepEpochs: SWEEP })
  }
  let engine: Engine | undefined
  return {
    name,
    address: wallet.address.toLowerCase(),
    async act() {
      engine ??= await open()
      try {
        await engine.tick()
      } catch (error) {
        if (!(error instanceof Killed)) throw error
        // A process that dies lets go of its lock.
        await engine.close()
        engine = undefined
      }
    },
    asked: () => 0,
    kills: () => kills,
    async close() {
      await engine?.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Pokes at every chance, due or not, and asks for one store twice. */
export function greedyKeeper(
  world: World,
  account: string,
  { roll, shuffle }: Dice,
  /** How many there are. */
  stores: () => number,
): Keeper {
  let next = 0
  let asked = 0
  return {
    name: 'greedy',
    address: account.toLowerCase(),
    async act(due) {
      if (stores() === 0) return
      const more = Array.from({ length: GREED }, () => 1 + (next++ % stores()))
      const ids = shuffle([...due, ...more])
      ids.push(ids[roll(ids.length)] ?? 1)
      asked += ids.length
      const data = world.storage.encodeFunctionData('poke', [ids])
      await world.post(account, world.address, data)
    },
    asked: () => asked,
    kills: () => 0,
    close: () => Promise.resolve(),
  }
}
