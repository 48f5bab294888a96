/**
 * PerpetualStorage, typed: what `IPerpetualStorage` offers to those who store and to keepers, and its events window by window.
 * Amounts in attoFIL, sizes in padded bytes, epochs as numbers.
 */
import { type ContractRunner, Interface, type Log, type Result } from 'ethers'
import { StorageError } from '../errors.ts'
import type { Facts } from '../keep/facts.ts'
import type { Policy } from '../keep/policy.ts'
import { type ContractDefaults, openContract } from './contract.ts'
import { type LogRange, type LogWindow, logWindows } from './logs.ts'
import { PERPETUAL_ABI, STORE_CLIENT_FACTORY_ABI } from './perpetual-abi.ts'
import { type PerpetualEvent, perpetualEvent } from './perpetual-events.ts'
import {
  accountIn,
  factsIn,
  type KeptPiece,
  policyIn,
  rawPiece,
  rawPolicy,
  statusIn,
  type StoreAccount,
  storeIn,
  type StoreRecord,
  type StoreStatus,
} from './perpetual-views.ts'
import { providerOf, type SendOptions, type Sent } from './send.ts'

/** What became of the stores of a poke: those that are not named had nothing due. */
export interface PokeOutcome {
  readonly poked: readonly Extract<PerpetualEvent, { name: 'poked' }>[]
  readonly failed: readonly Extract<PerpetualEvent, { name: 'poke-failed' }>[]
}

/** Writes fail as `send` does, reads as `callNode`, both with what the contract refuses (`perpetual-revert.ts`). */
export interface PerpetualStorage {
  /** 0x… */
  readonly address: string
  /** `value` goes to the purse of the account, from which the copies are paid. */
  store(
    piece: KeptPiece,
    policy: Policy,
    options?: SendOptions,
  ): Promise<Sent & { readonly id: bigint; readonly proposalId: string }>
  /** `value` goes to the purse of the store's account. */
  topUp(id: bigint, options: SendOptions): Promise<Sent>
  extendPolicy(id: bigint, policy: Policy, options?: SendOptions): Promise<Sent>
  cancel(id: bigint, options?: SendOptions): Promise<Sent>
  /** @param amount More than there is takes all that is free. */
  withdraw(
    to: string,
    amount: bigint,
    options?: SendOptions,
  ): Promise<Sent & { readonly taken: bigint }>
  poke(ids: readonly bigint[], options?: SendOptions): Promise<Sent & PokeOutcome>
  pokeFrom(id: bigint, location: string, options?: SendOptions): Promise<Sent & PokeOutcome>
  /** Of the stores `cursor + 1` to `cursor + n` those for which something is due. */
  pokeable(cursor: number, n: number): Promise<bigint[]>
  /** These four: @throws CONTRACT_REFUSED for an id that was not given out */
  statusOf(id: bigint): Promise<StoreStatus>
  factsOf(id: bigint): Promise<Facts>
  storeOf(id: bigint): Promise<StoreRecord>
  /** Epochs. */
  runway(id: bigint): Promise<bigint>
  endowment(
    pieceSize: number,
    policy: Policy,
    epochs: bigint,
  ): Promise<{ readonly atFirstOffer: bigint; readonly atCeiling: bigint }>
  storeCount(): Promise<number>
  policyOf(number: number): Promise<Policy>
  policyCount(): Promise<number>
  /** Where the client of an account is or will be. */
  clientOf(account: string): Promise<string>
  accountOf(account: string): Promise<StoreAccount>
  /** What happened from a block on, oldest first, as `logWindows`. Blocks that left the chain are left out. */
  events(range: Omit<LogRange, 'client'>): AsyncGenerator<LogWindow<PerpetualEvent>>
}

export const PERPETUAL = new Interface(PERPETUAL_ABI)
const CLIENTS = new Interface(STORE_CLIENT_FACTORY_ABI)

export function openPerpetual(
  address: string,
  runner: ContractRunner,
  defaults: ContractDefaults = {},
): PerpetualStorage {
  const { read, write, events } = openContract(address, runner, PERPETUAL, defaults)
  const one = async (method: string, ...values: unknown[]): Promise<unknown> =>
    (await read(method, values))[0]
  const struct = async (method: string, ...values: unknown[]): Promise<Result> =>
    (await one(method, ...values)) as Result
  const poked = (sent: Sent): Sent & PokeOutcome => ({ ...sent, ...pokeOutcome(address, sent) })

  return {
    address,

    async store(piece, policy, options) {
      const sent = await write('store', [rawPiece(piece), rawPolicy(policy)], options)
      const [event] = events(sent, 'Proposed')
      if (event === undefined)
        throw new StorageError('INTERNAL', { what: `the transaction ${sent.tx} stored nothing` })
      const { id, proposalId } = event.args as unknown as { id: bigint; proposalId: string }
      return { ...sent, id, proposalId }
    },

    topUp: (id, options) => write('topUp', [id], options),
    extendPolicy: (id, policy, options) => write('extendPolicy', [id, rawPolicy(policy)], options),
    cancel: (id, options) => write('cancel', [id], options),

    async withdraw(to, amount, options) {
      const sent = await write('withdraw', [to, amount], options)
      return { ...sent, taken: (events(sent, 'Withdrawn')[0]?.args['amount'] ?? 0n) as bigint }
    },

    poke: async (ids, options) => poked(await write('poke', [[...ids]], options)),
    pokeFrom: async (id, location, options) =>
      poked(await write('pokeFrom', [id, location], options)),
    pokeable: async (cursor, n) => (await struct('pokeable', cursor, n)).toArray() as bigint[],
    statusOf: async (id) => statusIn(await struct('statusOf', id)),
    factsOf: async (id) => factsIn(await struct('factsOf', id)),
    storeOf: async (id) => storeIn(await struct('storeOf', id)),
    runway: async (id) => (await one('runway', id)) as bigint,

    async endowment(pieceSize, policy, epochs) {
      const values = await read('endowment', [pieceSize, rawPolicy(policy), epochs])
      const [atFirstOffer, atCeiling] = values as unknown as [bigint, bigint]
      return { atFirstOffer, atCeiling }
    },

    storeCount: async () => Number(await one('storeCount')),
    policyOf: async (number) => policyIn(await struct('policyOf', number)),
    policyCount: async () => Number(await one('policyCount')),
    clientOf: async (account) => (await one('clientOf', account)) as string,
    accountOf: async (account) => accountIn(await read('accountOf', [account])),

    async *events(range) {
      const provider = providerOf(runner)
      const windows = logWindows(provider, undefined, { ...range, client: address }, defaults)
      for await (const { through, logs } of windows)
        yield { through, logs: perpetualEvents(address, logs) }
    },
  }
}

/** What makes the clients of a PerpetualStorage's accounts. */
export async function storeClientImplementation(
  factory: string,
  runner: ContractRunner,
  defaults: ContractDefaults = {},
): Promise<string> {
  const { read } = openContract(factory, runner, CLIENTS, defaults)
  return (await read('implementation'))[0] as string
}

function pokeOutcome(address: string, { receipt }: Pick<Sent, 'receipt'>): PokeOutcome {
  const all = perpetualEvents(address, receipt.logs)
  return {
    poked: all.filter((event) => event.name === 'poked'),
    failed: all.filter((event) => event.name === 'poke-failed'),
  }
}

/** Those of this contract that stand on the chain, in its order. */
export function perpetualEvents(address: string, logs: readonly Log[]): PerpetualEvent[] {
  return logs
    .filter((log) => !log.removed && log.address.toLowerCase() === address.toLowerCase())
    .toSorted((a, b) => a.blockNumber - b.blockNumber || a.index - b.index)
    .flatMap((log) => {
      const parsed = PERPETUAL.parseLog(log)
      const event = parsed === null ? undefined : perpetualEvent(parsed.name, parsed.args)
      if (event === undefined) return []
      return [{ ...event, block: BigInt(log.blockNumber), tx: log.transactionHash }]
    })
}
