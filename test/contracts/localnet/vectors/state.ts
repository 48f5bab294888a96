/** State that no message to the localnet makes, and vectors need: the numbers of actors, of deals, of epochs. */
import { concat, keccak256 } from 'ethers'
import { genesis } from '../../../../src/localnet/genesis.ts'
import {
  actorAddress,
  CONSTRUCTOR,
  encodeConstructor,
  encodeNative,
  ethAddress,
  INIT_ACTOR_ID,
  MARKET_ACTOR_ID,
  setNetworkFigures,
} from '../../../../src/localnet/index.ts'
import { addBalance, coder, hex, SYSTEM, type World } from './harness.ts'

/** Where a mapping from a number keeps what a message has just written there: the base slot is looked for. */
async function slotOf(
  { ask }: World,
  at: string,
  key: bigint,
  isIt: (word: string) => boolean,
): Promise<(other: bigint) => string> {
  for (let base = 0; base < 40; base++) {
    const slot = (of: bigint) => keccak256(coder.encode(['uint64', 'uint256'], [of, base]))
    if (isIt(String(await ask('eth_getStorageAt', at, slot(key), 'latest')))) return slot
  }
  throw new Error(`no mapping of ${at} has it`)
}

/** Slot of a number that stands alone. */
async function slotWith({ ask }: World, at: string, value: bigint): Promise<string> {
  const found: string[] = []
  for (let slot = 0; slot < 40; slot++) {
    const key = `0x${slot.toString(16).padStart(64, '0')}`
    const word = BigInt(String(await ask('eth_getStorageAt', at, key, 'latest')))
    // What is packed beside it is left out of the comparison.
    if ((word & (2n ** 64n - 1n)) === value) found.push(key)
  }
  if (found.length !== 1) throw new Error(`${found.length} slots of ${at} hold ${value}`)
  return found[0] ?? ''
}

/** The next deal gets this number. At least one and at most 2^63 deals were published. */
export async function setNextDealId(world: World, last: bigint, next: bigint): Promise<void> {
  const at = actorAddress(MARKET_ACTOR_ID)
  const slot = await slotWith(world, at, last + 1n)
  const word = BigInt(String(await world.ask('eth_getStorageAt', at, slot, 'latest')))
  const changed = word - (last + 1n) + next
  await world.ask('hardhat_setStorageAt', at, slot, `0x${changed.toString(16).padStart(64, '0')}`)
}

/** An epoch as a packed word has it. */
const digits = (epoch: bigint) => BigInt.asUintN(64, epoch).toString(16).padStart(16, '0')

/** A sector that is pre-committed and expires at an epoch that no pre-commitment may name. */
export async function setExpiration(
  world: World,
  miner: bigint,
  number: bigint,
  { from, to }: { from: bigint; to: bigint },
): Promise<void> {
  const at = actorAddress(miner)
  const slot = await slotOf(world, at, number, (word) => word.includes(digits(from)))
  const word = String(await world.ask('eth_getStorageAt', at, slot(number), 'latest'))
  const changed = word.replace(digits(from), digits(to))
  await world.ask('hardhat_setStorageAt', at, slot(number), changed)
}

/** f0`id` is the contract at `at`: on a chain ids come in the order of creation, here they follow from the address. */
export async function nameActor(world: World, id: bigint, at: string): Promise<void> {
  const f01 = actorAddress(INIT_ACTOR_ID)
  const [known = ''] = (await world.ask('eth_accounts')) as string[]
  const call = { to: '0xfe00000000000000000000000000000000000001', data: hex(ethAddress(known)) }
  const knownId = BigInt(String(await world.ask('eth_call', call, 'latest')))
  await addBalance(world, ethAddress(known), 1n)
  const slot = await slotOf(world, f01, knownId, (word) => BigInt(word) === BigInt(known))
  const word = `0x${at.slice(2).toLowerCase().padStart(64, '0')}`
  await world.ask('hardhat_setStorageAt', f01, slot(id), word)
}

/** f1, f2 or f3 bytes are the actor at `at`. */
export async function bindAddress({ ask }: World, address: string, at: string): Promise<void> {
  const data = concat([
    keccak256(new TextEncoder().encode('bind(bytes,address)')).slice(0, 10),
    coder.encode(['bytes', 'address'], [address, at]),
  ])
  await ask('eth_sendTransaction', { from: SYSTEM, to: actorAddress(INIT_ACTOR_ID), data })
}

/** A miner that the configuration does not take. */
export async function placeMiner({ ask, account }: World, id: bigint): Promise<void> {
  const to = actorAddress(id)
  await ask('hardhat_setCode', to, genesis().minerCode)
  const who = ethAddress(account)
  const params = encodeConstructor({
    owner: who,
    worker: who,
    sectorSize: 32n * 2n ** 30n,
    multiaddrs: [],
  })
  await ask('eth_sendTransaction', { from: SYSTEM, to, data: encodeNative(CONSTRUCTOR, params) })
}

/** The vectors have no collateral, or a few attoFIL. Where nothing circulates, f05 demands nothing. */
export async function demandNoCollateral({ provider, ask }: World): Promise<void> {
  await setNetworkFigures(provider, { circulatingSupply: 0n })
  // The world sends as f00, which is given back when the figures are set.
  await ask('hardhat_impersonateAccount', SYSTEM)
}
