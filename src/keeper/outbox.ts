/**
 * Messages on their way. Each is written down, signed where the key is here, before a node has it; its nonce makes it one message
 * however often it is sent. So a keeper that was killed at any point sends what it finds written again, and nothing else.
 */
import { checkGas } from '../chain/gas-bound.ts'
import type { Fact, Signing } from './facts.ts'
import type { Ledger } from './ledger.ts'
import type { Fees, KeeperChain, Message, Receipt } from './ports.ts'
import type { Sending } from './state.ts'
import { pokeData } from './poke-data.ts'

/** Epochs without a receipt after which the same message is signed with higher fees, and those at which a message is final. */
const PATIENCE = 5
export const CONFIDENCE = 10
/** Lotus replaces a message for a premium that is 1.25 times the old one, and a little (chain/messagepool/config.go, ReplaceByFeeRatio). */
const RAISE = 126n
const RAISE_OF = 100n
/** Signings of one message: fees of 2.5 times the first. */
const MAX_SIGNINGS = 5
/** Of the base fee: room for eight full blocks in a row. */
const BASE_FEES = 2n
const TRANSFER_GAS = 10_000_000n

export interface OutboxContext {
  readonly chain: KeeperChain
  readonly ledger: Ledger
  readonly trouble: (what: string, error: unknown) => void
}

/** What is to be sent. */
export interface Intent {
  readonly ids: readonly number[]
  readonly location: string | undefined
  readonly gasLimit: bigint
}

/** Fees of now, attoFIL per gas. */
export function feesOf(baseFee: bigint, premium: bigint): Fees {
  return { maxFee: baseFee * BASE_FEES + premium, premium }
}

/** Stores that a message on its way is about. */
export function underWay({ state }: Ledger): Set<number> {
  const open = [...state.open.values()].filter(({ mined }) => mined === undefined)
  return new Set(open.flatMap(({ ids }) => ids))
}

/** Writes the message down, then sends it. A node that does not take it is asked again at the next look. */
export async function send(
  context: OutboxContext,
  intent: Intent,
  fees: Fees,
  epoch: number,
  mined: number,
): Promise<void> {
  const { state } = context.ledger
  await sendAs(context, Math.max(mined, state.nextNonce), intent, fees, epoch)
}

/** What became of the messages on their way: receipts, replacements, gaps. @throws NODE_UNREACHABLE, and as `Ledger.record` */
export async function follow(
  context: OutboxContext,
  epoch: number,
  fees: () => Promise<Fees>,
): Promise<void> {
  const { chain, ledger } = context
  const { open } = ledger.state
  for (const sending of open.values()) await look(context, sending, epoch)
  const waiting = [...open.values()].filter(({ mined }) => mined === undefined)
  if (waiting.length === 0) return
  const mined = await chain.nonce()
  for (const sending of waiting.toSorted((a, b) => a.nonce - b.nonce)) {
    if (sending.nonce < mined) await used(context, sending, epoch)
    else await again(context, sending, epoch)
  }
  await fillGaps(context, mined, epoch, fees)
}

async function look(context: OutboxContext, sending: Sending, epoch: number): Promise<void> {
  const { chain, ledger } = context
  const { nonce, mined } = sending
  if (mined !== undefined) {
    if (epoch - mined.block < CONFIDENCE) return
    const still = await chain.receipt(mined.hash)
    if (still === undefined) return ledger.record({ kind: 'unmined', nonce })
    if (still.block === mined.block) return ledger.record({ kind: 'final', nonce })
    await ledger.record({ kind: 'unmined', nonce })
    return ledger.record(minedFact(nonce, mined.hash, still))
  }
  for (const { hash } of sending.signings.toReversed()) {
    const receipt = hash === null ? undefined : await chain.receipt(hash)
    if (hash !== null && receipt !== undefined)
      return ledger.record(minedFact(nonce, hash, receipt))
  }
}

/** Its nonce is used, and no receipt says that by us: another program signs with the key, or the node is behind itself. */
async function used({ ledger }: OutboxContext, sending: Sending, epoch: number): Promise<void> {
  sending.usedSince ??= epoch
  if (epoch - sending.usedSince < CONFIDENCE) return
  const { nonce } = sending
  await ledger.record({ kind: 'dropped', nonce, reason: 'another message has its nonce' })
}

/** Sends it again to a node that does not have it; with higher fees when it has had its time. */
async function again(context: OutboxContext, sending: Sending, epoch: number): Promise<void> {
  const { chain, ledger } = context
  const { nonce, signings } = sending
  delete sending.usedSince
  const last = signings.at(-1)
  if (last === undefined) return
  const fees = { maxFee: raise(last.maxFee), premium: raise(last.premium) }
  const isLate = epoch - last.epoch >= PATIENCE && signings.length < MAX_SIGNINGS
  if (isLate && isAffordable(context, nonce, sending.gasLimit, fees)) {
    const signing = await signed(chain, sending, fees, epoch)
    await ledger.record({ kind: 'replaced', nonce, ...signing })
  } else if (last.hash !== null && (await chain.isKnown(last.hash))) return
  await broadcast(context, sending)
}

/** A nonce below all of ours that nobody uses holds them up: a node said more than was so. */
async function fillGaps(
  context: OutboxContext,
  mined: number,
  epoch: number,
  fees: () => Promise<Fees>,
): Promise<void> {
  const { open } = context.ledger.state
  const first = Math.min(
    ...[...open.values()].filter((one) => one.mined === undefined).map(({ nonce }) => nonce),
  )
  for (let nonce = mined; nonce < first && Number.isFinite(first); nonce += 1) {
    if (open.has(nonce)) continue
    const nothing = { ids: [], location: undefined, gasLimit: TRANSFER_GAS }
    await sendAs(context, nonce, nothing, await fees(), epoch)
  }
}

async function sendAs(
  context: OutboxContext,
  nonce: number,
  {
    ids,
    location = null,
    gasLimit,
  }: { ids: readonly number[]; location?: string | null | undefined; gasLimit: bigint },
  fees: Fees,
  epoch: number,
): Promise<void> {
  const { chain, ledger } = context
  if (!isAffordable(context, nonce, gasLimit, fees)) return
  const sending = { nonce, ids, location, gasLimit }
  const signing = await signed(chain, sending, fees, epoch)
  await ledger.record({
    kind: 'intended',
    nonce,
    ids,
    location,
    gasLimit: `${gasLimit}`,
    ...signing,
  })
  const written = ledger.state.open.get(nonce)
  if (written !== undefined) await broadcast(context, written)
}

async function broadcast(
  { chain, ledger, trouble }: OutboxContext,
  sending: Sending,
): Promise<void> {
  const { nonce, signings } = sending
  const last = signings.at(-1)
  if (last === undefined) return
  const fees = { maxFee: BigInt(last.maxFee), premium: BigInt(last.premium) }
  try {
    const hash = await chain.broadcast(messageOf(chain, sending, fees), last)
    if (last.hash === null) await ledger.record({ kind: 'sent', nonce, hash })
  } catch (error) {
    trouble(`send message ${nonce}`, error)
  }
}

function raise(fee: string): bigint {
  return (BigInt(fee) * RAISE) / RAISE_OF + 1n
}

/** Fees are a node's word. A message that costs more than it may is left for a later look, and told of. */
function isAffordable(
  { chain: { mostForGas: most }, trouble }: OutboxContext,
  nonce: number,
  limit: bigint,
  { maxFee: fee }: Fees,
): boolean {
  try {
    checkGas(`message ${nonce}`, { limit, fee, most })
    return true
  } catch (error) {
    trouble(`sign message ${nonce}`, error)
    return false
  }
}

type Content = Pick<Sending, 'nonce' | 'ids' | 'location' | 'gasLimit'>

async function signed(
  chain: KeeperChain,
  content: Content,
  fees: Fees,
  epoch: number,
): Promise<Signing> {
  const { raw, hash } = await chain.sign(messageOf(chain, content, fees))
  return { maxFee: `${fees.maxFee}`, premium: `${fees.premium}`, raw, hash, epoch }
}

function messageOf(
  chain: KeeperChain,
  { nonce, ids, location, gasLimit }: Content,
  fees: Fees,
): Message {
  const isNothing = ids.length === 0
  return {
    to: isNothing ? chain.account : chain.address,
    data: isNothing ? '0x' : pokeData(ids, location ?? undefined),
    nonce,
    gasLimit,
    ...fees,
  }
}

function minedFact(nonce: number, hash: string, receipt: Receipt): Fact {
  const { block, isSuccess, fee, poked, failed } = receipt
  return {
    kind: 'mined',
    nonce,
    hash,
    block,
    isSuccess,
    fee: `${fee}`,
    paid: `${poked.reduce((sum, { paid }) => sum + paid, 0n)}`,
    poked: poked.map(({ id }) => id),
    failed: failed.map(({ id }) => id),
  }
}
