/** Reads an announced proposal from its contract and decides whether to take it. */
import { idAddress } from '../bytes/address.ts'
import { toHex } from '../bytes/hex.ts'
import { extraParams } from '../deal/params.ts'
import { type DealProposal, decodeProposal, encodeProposal } from '../deal/proposal.ts'
import { type ErrorCode, isStorageError } from '../errors.ts'
import type { Context } from './context.ts'
import { decide, type Refusal, type RefusalCode, refuse, type Transfer } from './decide.ts'
import { about } from './events.ts'
import type { RecordIn } from './ledger.ts'
import { authParams, identityOf } from './signed.ts'

/** Failures that say nothing of the proposal. */
const TRY_AGAIN: ReadonlySet<ErrorCode> = new Set(['NODE_UNREACHABLE', 'ABORTED'])

interface Offer {
  /** With this provider in it. */
  readonly proposal: DealProposal
  readonly transfer: Transfer
}

/** Errors: NODE_UNREACHABLE; everything else becomes a refusal. */
export async function judge(context: Context, record: RecordIn<'seen'>): Promise<void> {
  const offer = await readOffer(context, record)
  if ('accept' in offer) return refused(context, record, offer)
  const decision = await consider(context, offer)
  return decision.accept ? accepted(context, record, offer) : refused(context, record, decision)
}

async function readOffer(
  { id, chain }: Context,
  { client, proposalId }: RecordIn<'seen'>,
): Promise<Offer | Refusal> {
  const read = await orRefuse('PROPOSAL_UNREADABLE', () => chain.readProposal(client, proposalId))
  if ('accept' in read) return read
  return orRefuse('PROPOSAL_INVALID', async () => {
    const { locationRef, carSize } = extraParams.decode(read.extra)
    return {
      proposal: { ...decodeProposal(read.proposal), provider: idAddress(id) },
      transfer: { url: locationRef, size: Number(carSize) },
    }
  })
}

async function orRefuse<T>(code: RefusalCode, read: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await read()
  } catch (error) {
    if (!isStorageError(error) || TRY_AGAIN.has(error.code)) throw error
    return refuse(code, error.message)
  }
}

async function consider({ chain, ledger, settings }: Context, { proposal, transfer }: Offer) {
  return decide(proposal, transfer, {
    ...settings,
    head: await chain.head(),
    auth: await chain.simulateAuth(proposal.client, authParams(proposal)),
    bounds: await chain.bounds(proposal.pieceSize),
    escrow: await chain.escrow(proposal.client),
    known: ledger.knows(identityOf(proposal)),
  })
}

async function refused(
  { id, ledger, emit }: Context,
  record: RecordIn<'seen'>,
  { code, reason }: Refusal,
): Promise<void> {
  await ledger.record({ kind: 'refused', key: record.key, code, reason })
  emit({ type: 'refused', ...about(id, record), code, reason })
}

async function accepted(
  { id, ledger, emit }: Context,
  record: RecordIn<'seen'>,
  { proposal, transfer }: Offer,
): Promise<void> {
  await ledger.record({
    kind: 'accepted',
    key: record.key,
    proposal: toHex(encodeProposal(proposal)),
    identity: identityOf(proposal),
    ...transfer,
  })
  emit({ type: 'accepted', ...about(id, record), ...transfer })
}
