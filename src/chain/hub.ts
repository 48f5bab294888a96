/**
 * The hub of storage requests, typed: what `IAggregationHub` offers to those who ask and to aggregators, and its events
 * window by window. Amounts in attoFIL; sizes in padded bytes.
 */
import { type ContractRunner, Interface, type Log, type Result, ZeroAddress } from 'ethers'
import { StorageError } from '../errors.ts'
import { pieceCidV1Bytes } from '../piece/piece-cid.ts'
import { HUB_ABI } from './abi.ts'
import { type ContractDefaults, openContract } from './contract.ts'
import { hubEvent, type HubEvent } from './hub-events.ts'
import { type LogRange, type LogWindow, logWindows } from './logs.ts'
import { providerOf, type SendOptions, type Sent } from './send.ts'

export interface HubTerms {
  /** Who is paid, and alone may complete content; the hub's rule where it is left out. */
  readonly aggregator?: string | undefined
  /** Last epoch before a payment may be taken back; needed with a payment. */
  readonly deadline?: bigint | undefined
  /** The earliest end epoch of a deal that counts. */
  readonly storedUntil?: bigint | undefined
}

/** In the order of the contract's enums. */
const SUBJECTS = ['none', 'piece', 'sized-piece', 'content'] as const
const PAYMENTS = ['none', 'open', 'paid', 'reclaimed'] as const

export interface HubRequest {
  readonly subject: (typeof SUBJECTS)[number]
  /** Undefined: anyone. */
  readonly aggregator: string | undefined
  readonly storedUntil: bigint
  /** Each by another deal. */
  readonly completions: number
  /** Undefined before the first completion. */
  readonly firstDealId: bigint | undefined
  readonly payment: (typeof PAYMENTS)[number]
  readonly amount: bigint
  readonly deadline: bigint
}

export interface HubDeal {
  readonly dealId: bigint
  /** Actor id. */
  readonly provider: bigint
}

interface MerklePath {
  readonly index: number
  readonly path: readonly Uint8Array[]
}

export interface HubCompletion {
  readonly id: bigint
  readonly proof: { readonly proofSubtree: MerklePath; readonly proofIndex: MerklePath }
  readonly piece: { readonly root: Uint8Array; readonly pieceSize: number }
}

/** Writes fail as `send` does, reads as `callNode`, both with what the contract refuses (`revert.ts`). */
export interface Hub {
  /** 0x… */
  readonly address: string
  /** @param cid A piece CID in bytes, or anything else of 1 to 128 bytes. `value` is the payment. */
  submit(cid: Uint8Array, terms?: HubTerms, options?: SendOptions): Promise<Sent & { id: bigint }>
  /** All, or none. */
  completeBatch(
    deal: HubDeal,
    items: readonly HubCompletion[],
    options?: SendOptions,
  ): Promise<Sent>
  /** Pays for the completion with this deal, which is active now. */
  claim(id: bigint, dealId: bigint, options?: SendOptions): Promise<Sent>
  reclaim(id: bigint, to: string, options?: SendOptions): Promise<Sent>
  /** Undefined: none. */
  aggregator(): Promise<string | undefined>
  /** @throws CONTRACT_REFUSED for an id that was not given out */
  requestOf(id: bigint): Promise<HubRequest>
  /** Of the first page: the newest. */
  dealsOf(id: bigint): Promise<HubDeal[]>
  getAllDeals(cid: Uint8Array): Promise<HubDeal[]>
  getActiveDeals(cid: Uint8Array): Promise<HubDeal[]>
  isStored(pieceCid: Uint8Array): Promise<{ deals: bigint; activeUntil: bigint }>
  /** What happened from a block on, oldest first, as `logWindows`. Blocks that left the chain are left out. */
  events(range: Omit<LogRange, 'client'>): AsyncGenerator<LogWindow<HubEvent>>
}

const INTERFACE = new Interface(HUB_ABI)
const SUBMIT_PLAIN = 'submit(bytes)'
const SUBMIT_TERMS = 'submit(bytes,(address,int64,int64))'

/** @param defaults As of `openClient`. */
export function openHub(
  address: string,
  runner: ContractRunner,
  defaults: ContractDefaults = {},
): Hub {
  const { read, write, events } = openContract(address, runner, INTERFACE, defaults)
  const deals = async (method: string, values: readonly unknown[]): Promise<HubDeal[]> =>
    ((await read(method, values))[0] as Result).map((deal: Result) => ({
      dealId: deal['dealId'] as bigint,
      provider: deal['minerId'] as bigint,
    }))

  return {
    address,

    async submit(cid, terms, options) {
      const sent = await (terms === undefined
        ? write(SUBMIT_PLAIN, [cid], options)
        : write(SUBMIT_TERMS, [cid, rawTerms(terms)], options))
      const [event] = events(sent, 'SubmitAggregatorRequest')
      if (event === undefined)
        throw new StorageError('INTERNAL', {
          what: `the transaction ${sent.tx} made no request`,
        })
      return { ...sent, id: event.args['id'] as bigint }
    },

    completeBatch: ({ dealId, provider }, items, options) =>
      write('completeBatch', [dealId, provider, items.map(rawCompletion)], options),
    claim: (id, dealId, options) => write('claim(uint256,uint64)', [id, dealId], options),
    reclaim: (id, to, options) => write('reclaim', [id, to], options),
    aggregator: async () => stated((await read('aggregator'))[0] as string),
    requestOf: async (id) => requestIn((await read('requestOf', [id]))[0] as Result),
    dealsOf: (id) => deals('dealsOf(uint256)', [id]),
    getAllDeals: (cid) => deals('getAllDeals(bytes)', [cid]),
    getActiveDeals: (cid) => deals('getActiveDeals(bytes)', [cid]),

    async isStored(pieceCid) {
      const [count, activeUntil] = await read('isStored', [pieceCid])
      return { deals: count as bigint, activeUntil: activeUntil as bigint }
    },

    async *events(range) {
      const provider = providerOf(runner)
      const windows = logWindows(provider, undefined, { ...range, client: address }, defaults)
      for await (const { through, logs } of windows)
        yield {
          through,
          logs: logs
            .filter(({ removed }) => !removed)
            .toSorted(inOrder)
            .flatMap(known),
        }
    },
  }
}

function known(log: Log): HubEvent[] {
  const parsed = INTERFACE.parseLog(log)
  const event = parsed === null ? undefined : hubEvent(parsed.name, parsed.args)
  if (event === undefined) return []
  return [{ ...event, block: BigInt(log.blockNumber), tx: log.transactionHash }]
}

function inOrder(a: Log, b: Log): number {
  return a.blockNumber - b.blockNumber || a.index - b.index
}

function rawTerms({ aggregator, deadline, storedUntil }: HubTerms): unknown[] {
  return [aggregator ?? ZeroAddress, deadline ?? 0n, storedUntil ?? 0n]
}

function rawCompletion({ id, proof, piece }: HubCompletion): unknown[] {
  const { proofSubtree, proofIndex } = proof
  const paths = [proofSubtree, proofIndex].map(({ index, path }) => [index, path])
  return [id, paths, [pieceCidV1Bytes(piece.root), piece.pieceSize]]
}

function requestIn(raw: Result): HubRequest {
  const completions = Number(raw['completions'] as bigint)
  return {
    subject: SUBJECTS[Number(raw['subject'])] ?? 'none',
    aggregator: stated(raw['aggregator'] as string),
    storedUntil: raw['storedUntil'] as bigint,
    completions,
    firstDealId: completions === 0 ? undefined : (raw['firstDealId'] as bigint),
    payment: PAYMENTS[Number(raw['payment'])] ?? 'none',
    amount: raw['amount'] as bigint,
    deadline: raw['deadline'] as bigint,
  }
}

function stated(address: string): string | undefined {
  return address === ZeroAddress ? undefined : address
}
