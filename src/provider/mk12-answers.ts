/**
 * What MK12 tells of a deal and of what the provider asks for, in Curio's words.
 * @see curio market/mk12/mk12_utils.go: `GetDealStatus`, `GetAsk`, `SetAsk`
 */
import { actorIdOf } from '../bytes/address.ts'
import type { Mk12AskRequest, Mk12AskResponse } from '../deal/mk12-ask.ts'
import type { Mk12StatusRequest, Mk12StatusResponse } from '../deal/mk12-status.ts'
import { uuidText } from '../deal/mk12-uuid.ts'
import type { Context } from './context.ts'
import type { DealRecord } from './ledger.ts'
import { proposalOf } from './signed.ts'

/** Ten years of 365 days. */
const ASK_EPOCHS = 10n * 365n * 2880n

export function answerStatus(
  { ledger }: Context,
  { dealUuid }: Mk12StatusRequest,
): Mk12StatusResponse {
  const record = ledger.byUuid(uuidText(dealUuid))
  const response = { error: '', dealUuid, isOffline: false, transferSize: 1n, bytesReceived: 1n }
  if (record?.proposal === undefined || record.identity === undefined)
    return {
      ...response,
      error: 'failed to get sealed deal status',
      status: null,
      transferSize: 0n,
      bytesReceived: 0n,
    }
  const { proposal, identity } = record
  return {
    ...response,
    status: {
      ...progress(record),
      proposal: proposalOf({ proposal }),
      signedProposalCid: identity,
      publishCid: null,
    },
  }
}

/** Curio says `Processing` until the deal has left its pipeline. */
function progress(record: DealRecord): {
  readonly error: string
  readonly status: string
  readonly sealingStatus: string
  readonly chainDealId: bigint
} {
  const error = record.state === 'failed' ? record.reason : ''
  if ('activatedAt' in record)
    return {
      error,
      status: 'Sealed',
      sealingStatus: 'Sealed and Indexed',
      chainDealId: record.dealId,
    }
  return { error, status: 'Processing', sealingStatus: 'Not assigned to sector', chainDealId: 0n }
}

/** Undefined for another miner's. A pocket provider has no key to sign its ask with. */
export async function answerAsk(
  { id, chain, settings }: Context,
  { miner }: Mk12AskRequest,
): Promise<Mk12AskResponse | undefined> {
  if (actorIdOf(miner) !== id) return undefined
  const { pricePerGiBEpoch: price, minPieceSize, maxPieceSize } = settings.ask
  const timestamp = await chain.head()
  const ask = {
    miner,
    price,
    sequence: 1n,
    expiry: timestamp + ASK_EPOCHS,
    timestamp,
    maxPieceSize,
    minPieceSize,
    verifiedPrice: price,
  }
  return { ask: { ask, signature: null } }
}
