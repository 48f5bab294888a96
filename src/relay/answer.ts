/** What a provider's answer to a push means. */
import { oneLine } from '../chain/one-line.ts'
import type { Mk12StatusResponse } from '../deal/mk12-status.ts'
import type { Mk12DealResponse } from '../deal/mk12.ts'
import type { Told } from './mk12-client.ts'
import type { PushOutcome } from './push-record.ts'

export interface Meaning {
  readonly outcome: PushOutcome
  readonly reason: string
}

/** `ask`: whether the provider has the deal must be asked for. `again`: nothing was taken, the same push may be repeated soon. */
export type Verdict = Meaning & { readonly next: 'done' | 'ask' | 'again' }

/**
 * Words of a provider that has this very proposal: from an earlier push whose answer was lost, or from elsewhere. Curio looks
 * at the proposal's CID first and at the UUID afterwards.
 * @see curio market/mk12/mk12.go `processDeal`; boost storagemarket/provider_loop.go:315-348
 */
const HAS_IT =
  /same proposalCID .* already exists|updated 0 rows instead of 1|proposal is identical/

export function meaningOf(told: Told<Mk12DealResponse>): Verdict {
  switch (told.kind) {
    case 'told': {
      const { accepted } = told.value
      const message = oneLine(told.value.message)
      if (accepted) return { outcome: 'accepted', reason: message, next: 'done' }
      if (HAS_IT.test(message)) return { outcome: 'accepted', reason: message, next: 'ask' }
      return {
        outcome: 'refused',
        reason: message === '' ? 'no reason given' : message,
        next: 'done',
      }
    }
    case 'invalid':
      return { outcome: 'refused', reason: told.reason, next: 'done' }
    case 'absent':
      return {
        outcome: 'unreachable',
        reason: `it offers no MK12 over HTTP (${told.reason})`,
        next: 'done',
      }
    case 'busy':
      return { outcome: 'unreachable', reason: `it is busy (${told.reason})`, next: 'again' }
    case 'unreachable':
      return { outcome: 'unreachable', reason: told.reason, next: 'done' }
    case 'unclear':
      return { outcome: 'unclear', reason: told.reason, next: 'ask' }
    default:
      return told satisfies never
  }
}

/** What the status of a deal with our UUID says; undefined when it says nothing, which may also be that it is unknown. */
export function meaningOfStatus(told: Told<Mk12StatusResponse>): Meaning | undefined {
  if (told.kind !== 'told' || told.value.status === null) return undefined
  const { error, status, sealingStatus } = told.value.status
  return error === ''
    ? { outcome: 'accepted', reason: oneLine(`status ${status}, ${sealingStatus}`) }
    : { outcome: 'refused', reason: `the deal failed: ${oneLine(error)}` }
}

/** @see curio market/mk12/mk12.go: the contract is asked, in the state that the provider's node has */
const NOT_AUTHENTICATED = /validating signature|invalid signature/

/** Whether a provider whose node is an epoch or two behind would say so of a proposal that was made just now. */
export function mayHaveNotSeen({ outcome, reason }: Meaning): boolean {
  return outcome === 'refused' && NOT_AUTHENTICATED.test(reason)
}

/**
 * What can be behind a provider's words and done about them; undefined where the words say it all.
 * @see curio market/mk12/mk12.go
 */
export function adviceOn(reason: string): string | undefined {
  return ADVICE.find(([words]) => words.test(reason))?.[1]
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /failed to apply filters/,
    'Curio says this for a price below its ask and for a piece smaller or larger than it asks for: compare them with its ask.',
  ],
  [
    /client not allowed/,
    'The provider keeps a list of clients. Ask it to add the client contract (get-address shows its f410 address).',
  ],
  [/backpressure/, 'The provider has as much to seal as it can. Try again in some hours.'],
  [
    NOT_AUTHENTICATED,
    'The client contract does not authenticate the deal: the proposal is filled, lapsed or cancelled, or the provider not among those it names.',
  ],
  [
    /available funds in escrow/,
    'The escrow of the client contract does not cover the deal, for example because others took it meanwhile.',
  ],
  [/start epoch .* elapsed/, 'The proposal has lapsed. Make a new one.'],
  [/collateral .* (below|above)/, 'What the market demands has moved. Make a new proposal.'],
  [
    /MK12 over HTTP/,
    'It may watch the chain, or take deals another way. Ask it, or name another provider.',
  ],
]
