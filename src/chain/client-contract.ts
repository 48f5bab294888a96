/** The client contract, typed: what `IDealClient` offers, with amounts in attoFIL and views as values of our own. */
import { type ContractRunner, Interface, type Result } from 'ethers'
import { fromHex } from '../bytes/hex.ts'
import type { Funds } from '../deal/cost.ts'
import { extraParams, type ExtraParams } from '../deal/params.ts'
import { decodeProposal, type DealProposal } from '../deal/proposal.ts'
import type { DealTerms } from '../deal/terms.ts'
import { StorageError } from '../errors.ts'
import { CLIENT_ABI, OWNER_ABI } from './abi.ts'
import type { Chain } from './chain.ts'
import { type ContractDefaults, openContract } from './contract.ts'
import { callNode } from './node.ts'
import { providerOf, type SendOptions, type Sent } from './send.ts'
import { dealView, proposalView, type RawDeal, type RawProposal, requestOf } from './views.ts'

export interface Proposed extends Sent {
  /** Topic 1 of `DealProposalCreate`. */
  readonly proposalId: string
}

export interface Settled {
  readonly dealId: bigint
  /** attoFIL that went to the provider in this call. */
  readonly paid: bigint
  /** f05 has closed the deal. */
  readonly completed: boolean
}

/** All methods fail as `send` and `callNode` do, and with what the contract refuses (`revert.ts`). */
export interface Client extends Chain {
  /** 0x… */
  readonly address: string
  /** `value` is added to the contract's balance, from which missing escrow is taken. */
  propose(terms: DealTerms, options?: SendOptions): Promise<Proposed>
  cancel(proposalId: string, options?: SendOptions): Promise<Sent>
  reannounce(proposalId: string, options?: SendOptions): Promise<Sent>
  release(proposalIds: readonly string[], options?: SendOptions): Promise<Sent>
  deposit(amount: bigint, options?: SendOptions): Promise<Sent>
  /** Takes up to `amount` out of the escrow into the contract. */
  withdrawEscrow(amount: bigint, options?: SendOptions): Promise<Sent & { readonly taken: bigint }>
  /** Sends from the contract to `to`. */
  withdraw(to: string, amount: bigint, options?: SendOptions): Promise<Sent>
  /** Makes f05 pay what is due of these deals; those that may still be activated are left alone. */
  settle(
    dealIds: readonly bigint[],
    options?: SendOptions,
  ): Promise<Sent & { readonly settled: readonly Settled[] }>
  /** Records what f05 says of the deals now, while it still says it. */
  observe(dealIds: readonly bigint[], options?: SendOptions): Promise<Sent>
  funds(): Promise<Funds>
  /** 0x… */
  owner(): Promise<string>
  /** The client's id on the chain, by which f05 names it. */
  actorId(): Promise<bigint>
  /** Of the proposals from `cursor` on, in the order of creation, `n` at most. */
  proposalIds(cursor: bigint, n: bigint): Promise<string[]>
  /** What providers are given, decoded. */
  getDealProposal(proposalId: string): Promise<DealProposal>
  getExtraParams(proposalId: string): Promise<ExtraParams>
}

/** Of its logs, for those who follow many clients at once. */
export const CLIENT_EVENTS = new Interface(CLIENT_ABI)
const INTERFACE = new Interface([...CLIENT_ABI, ...OWNER_ABI])
/** Ids per call, and calls at a time: gentle enough for a public node. */
const PAGE = 100n
const CONCURRENCY = 8

/** What `propose` sends, 0x… */
export function proposeCall(terms: DealTerms): string {
  return CLIENT_EVENTS.encodeFunctionData('propose', proposeValues(terms))
}

function proposeValues(terms: DealTerms): unknown[] {
  return [requestOf(terms), terms.replicas, terms.providers]
}

/**
 * @param runner A signer to send with; a provider is enough to read.
 * @param defaults `signal`, `timeoutMs`, `network` and `clock` for every call.
 */
export function openClient(
  address: string,
  runner: ContractRunner,
  defaults: ContractDefaults = {},
): Client {
  const { read, write, events } = openContract(address, runner, INTERFACE, defaults)
  const client: Client = {
    address,

    async propose(terms, options) {
      const sent = await write('propose', proposeValues(terms), options)
      const proposalId: unknown = events(sent, 'DealProposalCreate')[0]?.args['id']
      if (typeof proposalId !== 'string')
        throw new StorageError('INTERNAL', {
          what: `the transaction ${sent.tx} announced no proposal`,
        })
      return { ...sent, proposalId }
    },

    cancel: (proposalId, options) => write('cancel', [proposalId], options),
    reannounce: (proposalId, options) => write('reannounce', [proposalId], options),
    release: (proposalIds, options) => write('release', [proposalIds], options),
    deposit: (amount, options) => write('deposit', [amount], options),
    withdraw: (to, amount, options) => write('withdraw', [to, amount], options),

    async withdrawEscrow(amount, options) {
      const sent = await write('withdrawEscrow', [amount], options)
      const taken = events(sent, 'EscrowWithdrawn').reduce(
        (sum, { args }) => sum + (args['amount'] as bigint),
        0n,
      )
      return { ...sent, taken }
    },

    async settle(dealIds, options) {
      const sent = await write('settle', [ascending(dealIds)], options)
      const settled = events(sent, 'DealSettled').map(({ args }) => ({
        dealId: args['dealId'] as bigint,
        paid: args['paid'] as bigint,
        completed: args['completed'] as boolean,
      }))
      return { ...sent, settled }
    },

    observe: (dealIds, options) => write('observe', [ascending(dealIds)], options),
    owner: async () => (await read('owner'))[0] as string,
    actorId: async () => (await read('actorId'))[0] as bigint,

    async funds() {
      const { escrow, locked, reserved, available, balance } = (await read(
        'funds',
      )) as unknown as Funds
      return { escrow, locked, reserved, available, balance }
    },

    async proposalIds(cursor, n) {
      return ((await read('proposalIds', [cursor, n]))[0] as Result).toArray() as string[]
    },

    async getDealProposal(proposalId) {
      const [encoded] = await read('getDealProposal', [proposalId])
      return decodeProposal(fromHex(encoded as string))
    },

    async getExtraParams(proposalId) {
      const [encoded] = await read('getExtraParams', [proposalId])
      return extraParams.decode(fromHex(encoded as string))
    },

    epoch: async () =>
      BigInt(await callNode('epoch', () => providerOf(runner).getBlockNumber(), defaults)),

    async proposals(ids) {
      const wanted = ids ?? (await pages<string>(read, 'proposalCount', 'proposalIds'))
      return mapLimited(wanted, async (id) => {
        const [proposal] = await read('getProposal', [id])
        return proposalView(id, proposal as RawProposal)
      })
    },

    async deals(ids) {
      const wanted = ids ?? (await pages<bigint>(read, 'dealCount', 'dealIds'))
      return mapLimited(wanted, async (id) => {
        const [deal] = await read('getDeal', [id])
        return dealView(deal as RawDeal)
      })
    },
  }
  return client
}

type Read = (method: string, values?: readonly unknown[]) => Promise<Result>

async function pages<T>(read: Read, count: string, page: string): Promise<T[]> {
  const total = (await read(count))[0] as bigint
  const found: T[] = []
  for (let cursor = 0n; cursor < total; cursor += PAGE)
    found.push(...((await read(page, [cursor, PAGE]))[0] as Result).toArray())
  return found
}

async function mapLimited<A, B>(items: readonly A[], map: (item: A) => Promise<B>): Promise<B[]> {
  const mapped: B[] = []
  for (let start = 0; start < items.length; start += CONCURRENCY)
    mapped.push(...(await Promise.all(items.slice(start, start + CONCURRENCY).map(map))))
  return mapped
}

/** f05 takes deals as a set; the contract wants them in its order. */
function ascending(ids: readonly bigint[]): bigint[] {
  return [...new Set(ids)].toSorted((a, b) => (a < b ? -1 : 1))
}
