/**
 * A Filecoin in which the parties of the wire vectors exist: miners under their numbers, clients that agree under their
 * addresses, money in escrow. What the real actors send each other is read from the trace of a transaction.
 */
import { readFileSync } from 'node:fs'
import { AbiCoder, concat, getBytes, keccak256 } from 'ethers'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import { genesis } from '../../../../src/localnet/genesis.ts'
import localnet, {
  actorAddress,
  ActorExit,
  CONSTRUCTOR,
  encodeConstructor,
  encodeNative,
  encodeProposal,
  ethAddress,
  idAddress,
  INIT_ACTOR_ID,
  MARKET_ACTOR_ID,
  type Provider,
  type ProposalTerms,
  publish,
  sendNative,
  workerOf,
} from '../../../../src/localnet/index.ts'

const ROOT = new URL('../../../../', import.meta.url)
const SYSTEM = actorAddress(0n)
const PLENTY = `0x${(10n ** 40n).toString(16)}`
const ADD_BALANCE = 822473126n
/** PUSH3 250,000: the least collateral per byte in the code of f05. */
const PUSH_LEAST_COLLATERAL = '6203d090'
const PUSH_NOTHING = '62000000'
/** Answers every call with a word of zeros. */
const ZERO_CODE = '0x5f5f5260205ff3'

const coder = AbiCoder.defaultAbiCoder()

export interface Call {
  readonly from: string
  readonly to: string
  readonly input: string
  readonly output?: string
  readonly calls?: Call[]
}

export interface World {
  readonly provider: Provider
  /** The first account. */
  readonly account: string
  /** A client that agrees, at an address. */
  place(at: string): Promise<void>
  ask(method: string, ...params: unknown[]): Promise<unknown>
  /** Every call of a transaction, callers before what they call. */
  callsOf(hash: string): Promise<Call[]>
}

export async function createWorld(
  miners: readonly bigint[] = [1000n],
  baseEpoch = 5_000_000n,
): Promise<World> {
  const own = {
    type: 'edr-simulated',
    blockGasLimit: 10n ** 10n,
    filecoin: { baseEpoch, miners: miners.map((id) => ({ id, sectorSize: 64 * 2 ** 30 })) },
  } as const
  const hre = await createHardhatRuntimeEnvironment(
    { plugins: [localnet], networks: { own } },
    {},
    ROOT.pathname,
  )
  const { provider } = await hre.network.create('own')
  const ask = (method: string, ...params: unknown[]) => provider.request({ method, params })
  const [account = ''] = (await ask('eth_accounts')) as string[]
  await ask('hardhat_setBalance', account, PLENTY)
  await ask('hardhat_setBalance', SYSTEM, PLENTY)
  await ask('hardhat_impersonateAccount', SYSTEM)
  return {
    provider,
    account,
    ask,
    place: async (at) => {
      await ask('hardhat_setCode', at, artifact('TestClient.sol/TestClient').deployedBytecode)
    },
    callsOf: async (hash) => {
      const trace = await ask('debug_traceTransaction', hash, { tracer: 'callTracer' })
      return flatten(trace as Call)
    },
  }
}

function flatten(call: Call): Call[] {
  return [call, ...(call.calls ?? []).flatMap(flatten)]
}

function artifact(file: string): { bytecode: string; deployedBytecode: string } {
  const url = new URL(`artifacts/test/contracts/localnet/support/${file}.json`, ROOT)
  return JSON.parse(readFileSync(url, 'utf8')) as { bytecode: string; deployedBytecode: string }
}

/** Deploys a contract that answers every native message with `abi`. */
export async function deployAnswer({ ask, account }: World, abi: string): Promise<string> {
  const { bytecode } = artifact('Receivers.sol/Answers')
  const data = concat([bytecode, coder.encode(['bytes'], [abi])])
  const hash = await ask('eth_sendTransaction', { from: account, data })
  const receipt = (await ask('eth_getTransactionReceipt', hash)) as { contractAddress: string }
  return receipt.contractAddress
}

/* STATE THAT NO MESSAGE MAKES */

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

/**
 * The vectors have no collateral, or a few attoFIL; what the localnet demands at least is a figure of its own. It is taken
 * away: from the code of f05, or from what f04 answers.
 */
export async function demandNoCollateral({ ask }: World): Promise<void> {
  const f05 = actorAddress(MARKET_ACTOR_ID)
  const code = String(await ask('eth_getCode', f05, 'latest'))
  if (code.includes(PUSH_LEAST_COLLATERAL))
    await ask('hardhat_setCode', f05, code.replaceAll(PUSH_LEAST_COLLATERAL, PUSH_NOTHING))
  else await ask('hardhat_setCode', actorAddress(4n), ZERO_CODE)
}

/* DEALS AND SECTORS */

export const CLIENT = '0xd4aac4d8fbc7575bdf5c19f900634d6c61a00a79'
const PIECE_CID = getBytes(`0x0181e203922020${'ab'.repeat(32)}`)
const RICH = 10n ** 32n

/** The golden client and a miner, with money in escrow. */
export async function settleIn(world: World, miner: bigint): Promise<void> {
  await demandNoCollateral(world)
  await world.place(CLIENT)
  await addBalance(world, ethAddress(CLIENT), RICH)
  await addBalance(world, idAddress(miner), RICH)
}

/** The golden proposal with other terms. */
export function goldenWith(terms: Partial<ProposalTerms>): Uint8Array {
  return encodeProposal({
    pieceCid: PIECE_CID,
    pieceSize: 262_144n,
    client: ethAddress(CLIENT),
    provider: idAddress(17_840n),
    label: 'bafybeieawlmgtnb455ynra7kxyzipvhfxrms5yeuylr4w7dbpx7w4e6tqe',
    startEpoch: 5_200_000n,
    endEpoch: 6_755_200n,
    pricePerEpoch: 0n,
    providerCollateral: 0n,
    clientCollateral: 0n,
    ...terms,
  })
}

/** As many deals as it takes to find the counter of deals; the next one gets the number `next`. */
export async function nextDealIs(world: World, next: bigint): Promise<void> {
  const deals = Array.from({ length: 5 }, (_, i) => goldenWith({ label: `before ${i}` }))
  const { dealIds } = await publish(world.provider, { miner: 17_840n, proposals: deals })
  await setNextDealId(world, dealIds.at(-1) ?? -1n, next)
}

/* MESSAGES */

export async function addBalance(
  { provider, account: from }: World,
  address: Uint8Array,
  value: bigint,
): Promise<void> {
  const params = getBytes(bytesItem(hex(address)))
  await sendNative(provider, { from, to: MARKET_ACTOR_ID, method: ADD_BALANCE, params, value })
}

/** CBOR byte string of 0x hex, below 64 KiB. */
export function bytesItem(data: string): string {
  const length = (data.length - 2) / 2
  const head =
    length < 24
      ? (0x40 + length).toString(16)
      : length < 256
        ? `58${pad(length, 2)}`
        : `59${pad(length, 4)}`
  return `0x${head}${data.slice(2)}`
}

/** [[[proposal, signature]]] */
export function publishParams(proposal: string, signature = '0x02dead'): Uint8Array {
  return getBytes(concat(['0x8181', '0x82', proposal, bytesItem(signature)]))
}

/** Exit code and message of an actor, or the hash of the transaction and what it answered. */
export async function sent(
  provider: Provider,
  message: Parameters<typeof sendNative>[1],
): Promise<
  | { readonly exit: 0; readonly hash: string; readonly data: string }
  | { readonly exit: number; readonly why: string }
> {
  try {
    const { hash, data } = await sendNative(provider, message)
    return { exit: 0, hash, data: hex(data) }
  } catch (error) {
    if (!(error instanceof ActorExit)) throw error
    return { exit: error.exitCode, why: error.message }
  }
}

export function senderOf(world: World, miner: bigint): Promise<string> {
  return miner >= 2n ** 40n ? Promise.resolve(world.account) : workerOf(world.provider, miner)
}

export function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`
}

export function idBytes(id: bigint): string {
  return hex(idAddress(id))
}

function pad(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
