/**
 * The history of a client from its logs: read in windows from its creation on, decoded, and folded (`deal/history.ts`).
 * The epoch of a log is `block.number` of the contract that wrote it.
 */
import { AbiCoder, getBytes, Interface, type Log, type Provider, type Result } from 'ethers'
import type { ClientEvent, Outcome } from '../deal/client-event.ts'
import type { ClientHistory } from '../deal/client-history.ts'
import { foldHistory } from '../deal/history.ts'
import type { DealTerms } from '../deal/terms.ts'
import { StorageError } from '../errors.ts'
import { CLIENT_ABI, OWNER_ABI } from './abi.ts'
import { type LogRange, logWindows } from './logs.ts'
import type { CallOptions } from './node.ts'
import { dealStateNamed, type RawRequest, termsOf } from './views.ts'

const INTERFACE = new Interface([...CLIENT_ABI, ...OWNER_ABI])
const SELECTOR_BYTES = 4

/** `from`: the epoch of the creation of the client, or an earlier one. */
export type HistoryRange = Omit<LogRange, 'client'>

export interface ReadHistory extends ClientHistory {
  /** The last epoch that was looked at. */
  readonly through: bigint
}

/**
 * @throws ARGUMENT_INVALID when the range does not hold the creation of the client, or the chain was reorganised while it
 *   was read; NOT_DEPLOYED when something else than a client is at the address; and as `callNode`
 */
export async function clientHistory(
  provider: Provider,
  address: string,
  range: HistoryRange,
  options?: CallOptions,
): Promise<ReadHistory> {
  const { events, through } = await clientEvents(provider, address, range, options)
  return { ...foldHistory(events), through }
}

/** All events of a client in the order of the chain. Logs whose block has left the chain are left out. @throws as above */
export async function clientEvents(
  provider: Provider,
  address: string,
  range: HistoryRange,
  options?: CallOptions,
): Promise<{ readonly events: readonly ClientEvent[]; readonly through: bigint }> {
  const events: ClientEvent[] = []
  let last = range.from - 1n
  const windows = logWindows(provider, undefined, { ...range, client: address }, options)
  for await (const { through, logs } of windows) {
    const standing = logs.filter(({ removed }) => !removed).toSorted(inOrder)
    events.push(...standing.map(decodeLog))
    last = through
  }
  return { events, through: last }
}

function inOrder(a: Log, b: Log): number {
  return a.blockNumber - b.blockNumber || a.index - b.index
}

/** @throws NOT_DEPLOYED for a log that no client writes */
export function decodeLog(
  log: Pick<Log, 'address' | 'topics' | 'data' | 'blockNumber' | 'transactionHash'>,
): ClientEvent {
  try {
    const parsed = INTERFACE.parseLog(log)
    if (parsed !== null)
      return { ...eventOf(parsed.name, parsed.args), epoch: BigInt(log.blockNumber) }
  } catch (cause) {
    throw unlikeAClient(log.address, `its log ${log.transactionHash} cannot be decoded`, cause)
  }
  throw unlikeAClient(log.address, `it has an event of its own, topic ${log.topics[0]}`)
}

type Distribute<Event> = Event extends ClientEvent ? Omit<Event, 'epoch'> : never

function eventOf(name: string, args: Result): Distribute<ClientEvent> {
  const text = (field: string): string => args[field] as string
  const number = (field: string): bigint => args[field] as bigint
  const flag = (field: string): boolean => args[field] as boolean
  switch (name) {
    case 'OwnershipTransferStarted':
    case 'OwnershipTransferred':
      return { name, from: text('from'), to: text('to') }
    case 'ProposerSet':
      return {
        name,
        proposer: text('proposer'),
        limit: number('limit'),
        window: number('window'),
      }
    case 'PausedSet':
      return { name, paused: flag('paused') }
    case 'DealProposalCreate': {
      const pieceSize = Number(number('size'))
      return { name, proposalId: text('id'), pieceSize, pricePerEpoch: number('price') }
    }
    case 'ProposalMade':
      return {
        name,
        proposalId: text('id'),
        proposer: text('proposer'),
        reserved: number('reserved'),
        terms: decodeRequest(text('request')),
      }
    case 'ProposalCancelled':
    case 'ProposalReleased':
      return { name, proposalId: text('id'), released: number('released') }
    case 'DealPublished': {
      const [dealId, provider] = [number('dealId'), number('provider')]
      return { name, proposalId: text('id'), dealId, provider }
    }
    case 'DealActivated':
      return { name, dealId: number('dealId'), activatedAt: number('activatedAt') }
    case 'DealSettled':
      return {
        name,
        dealId: number('dealId'),
        paid: number('paid'),
        completed: flag('completed'),
      }
    case 'DealClosed':
      return { name, dealId: number('dealId'), outcome: outcomeOf(number('outcome')) }
    case 'EscrowSeen':
      return { name, escrow: number('escrow'), locked: number('locked') }
    case 'EscrowDeposited':
    case 'EscrowWithdrawn':
      return { name, amount: number('amount') }
    case 'Received':
      return { name, from: text('from'), amount: number('amount') }
    case 'Withdrawn':
      return { name, to: text('to'), amount: number('amount') }
    default:
      throw new TypeError(`the event ${name} is not known`)
  }
}

function outcomeOf(index: bigint): Outcome {
  const state = dealStateNamed(index)
  if (state === 'missed' || state === 'ended' || state === 'terminated') return state
  throw new TypeError(`${index} is no outcome of a deal`)
}

/**
 * The terms in the call data of `propose` or `makeDealProposal`. Loose: Solidity takes a call whose last bytes are not
 * padded to a word.
 */
function decodeRequest(request: string): DealTerms {
  const call = getBytes(request)
  const method = INTERFACE.getFunction(request.slice(0, 2 + 2 * SELECTOR_BYTES))
  if (method?.name !== 'propose' && method?.name !== 'makeDealProposal')
    throw new TypeError('the request is a call of another function')
  const values = AbiCoder.defaultAbiCoder().decode(
    method.inputs,
    call.subarray(SELECTOR_BYTES),
    true,
  )
  const deal = values[0] as unknown as RawRequest
  if (method.name === 'makeDealProposal') return termsOf(deal, { replicas: 1, providers: [] })
  const providers = (values[2] as Result).toArray() as bigint[]
  return termsOf(deal, { replicas: Number(values[1] as bigint), providers })
}

function unlikeAClient(address: string, why: string, cause?: unknown): StorageError {
  return new StorageError('NOT_DEPLOYED', {
    what: `the contract ${address} is no client of this version: ${why}`,
    hint: 'Give the address that deployments/<network>/DealClient.json names.',
    cause,
  })
}
