/** Who pokes: two keepers that compete, one that is greedy. */
import type { Dice } from './dice.ts'
import { STORES } from './stores.ts'
import type { World } from './world.ts'

/** Stores beyond those that are due that the greedy one tries each time. */
const GREED = 2

export interface Keeper {
  readonly name: string
  /** 0x, lower case. */
  readonly address: string
  /** Sends what it thinks is due. @returns Hashes. */
  act(due: readonly number[]): Promise<string[]>
}

function poke(world: World, from: string, ids: readonly number[]): Promise<string> {
  return world.post(from, world.address, world.storage.encodeFunctionData('poke', [ids]))
}

/** Pokes what the contract calls due. */
export function plainKeeper(world: World, name: string, account: string): Keeper {
  return {
    name,
    address: account.toLowerCase(),
    act: async (due) => (due.length === 0 ? [] : [await poke(world, account, due)]),
  }
}

/** Pokes at every chance, due or not, and asks for one store twice. */
export function greedyKeeper(world: World, account: string, { roll, shuffle }: Dice): Keeper {
  let next = 0
  return {
    name: 'greedy',
    address: account.toLowerCase(),
    async act(due) {
      const more = Array.from({ length: GREED }, () => 1 + (next++ % STORES))
      const ids = shuffle([...due, ...more])
      return [await poke(world, account, [...ids, ids[roll(ids.length)] ?? 1])]
    },
  }
}
