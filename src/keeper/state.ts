/** What the facts come to: messages that are not final, the next nonce, and sums. */
import { StorageError } from '../errors.ts'
import type { Entry, Fact, Signing } from './facts.ts'

export interface Sending {
  readonly nonce: number
  readonly ids: readonly number[]
  readonly location: string | null
  readonly gasLimit: bigint
  /** The newest last. */
  readonly signings: Signing[]
  mined: Extract<Fact, { kind: 'mined' }> | undefined
  /** Epoch at which its nonce was first found used without a receipt. */
  usedSince: number | undefined
}

export interface State {
  service: string | undefined
  /** By nonce. */
  readonly open: Map<number, Sending>
  /** No message of ours has this nonce or a higher one. */
  nextNonce: number
  sent: number
  confirmed: number
  failed: number
  /** attoFIL. */
  paid: bigint
  spent: bigint
}

export function foldState(entries: readonly Entry[]): State {
  const state: State = {
    service: undefined,
    open: new Map(),
    nextNonce: 0,
    sent: 0,
    confirmed: 0,
    failed: 0,
    paid: 0n,
    spent: 0n,
  }
  for (const entry of entries) apply(state, entry)
  return state
}

/** @throws DEPOT_CORRUPT for a fact about a message that is not open */
export function apply(state: State, fact: Fact): void {
  if (fact.kind === 'opened') {
    state.service = fact.service
    return
  }
  if (fact.kind === 'intended') {
    const { nonce, ids, location, gasLimit } = fact
    state.open.set(nonce, {
      nonce,
      ids,
      location,
      gasLimit: BigInt(gasLimit),
      signings: [signingOf(fact)],
      mined: undefined,
      usedSince: undefined,
    })
    state.nextNonce = Math.max(state.nextNonce, nonce + 1)
    state.sent += 1
    return
  }
  const sending = state.open.get(fact.nonce)
  if (sending === undefined)
    throw new StorageError('DEPOT_CORRUPT', {
      what: `the journal says "${fact.kind}" of a message that is not open: nonce ${fact.nonce}`,
    })
  switch (fact.kind) {
    case 'replaced':
      sending.signings.push(signingOf(fact))
      return
    case 'sent': {
      const last = sending.signings.pop()
      if (last !== undefined) sending.signings.push({ ...last, hash: fact.hash })
      return
    }
    case 'mined':
      book(state, fact, 1)
      sending.mined = fact
      return
    case 'unmined':
      if (sending.mined !== undefined) book(state, sending.mined, -1)
      sending.mined = undefined
      return
    case 'final':
    case 'dropped':
      state.open.delete(fact.nonce)
      return
    default:
      fact satisfies never
  }
}

function book(state: State, mined: Extract<Fact, { kind: 'mined' }>, sign: 1 | -1): void {
  if (mined.isSuccess) state.confirmed += sign
  else state.failed += sign
  state.paid += BigInt(sign) * BigInt(mined.paid)
  state.spent += BigInt(sign) * BigInt(mined.fee)
}

function signingOf({ maxFee, premium, raw, hash, epoch }: Signing): Signing {
  return { maxFee, premium, raw, hash, epoch }
}
