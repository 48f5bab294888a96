/** A proposal that a client pushes: judged as Curio judges it, taken once, whether it came this way or by an event. */
import { ethFromAddress } from '../bytes/address.ts'
import { toHex } from '../bytes/hex.ts'
import { uuidText } from '../deal/mk12-uuid.ts'
import type { Mk12DealParams, Mk12DealResponse } from '../deal/mk12.ts'
import { proposalIdOf } from '../deal/proposal-id.ts'
import { encodeProposal, proposalCid } from '../deal/proposal.ts'
import { isStorageError } from '../errors.ts'
import type { Context } from './context.ts'
import { decidePush, type PushDecision } from './decide-push.ts'
import { refuse } from './decide.ts'
import { authParams, identityOf } from './signed.ts'

/** Refusals are told and not kept: anyone may push anything. */
export function takePush(context: Context, params: Mk12DealParams): Promise<Mk12DealResponse> {
  return context.judging(async () => {
    const name = nameOf(params)
    if (name === undefined)
      return { accepted: false, message: 'failed validation: invalid signature' }
    const { id, chain, ledger, emit } = context
    const { proposal } = params.deal
    const about = { provider: id, ...name }
    emit({ type: 'pushed', ...about })
    const decision = await consider(context, params)
    if (!decision.accept) {
      const { code, reason } = decision
      emit({ type: 'refused', ...about, code, reason })
      return { accepted: false, message: reason }
    }
    await ledger.record({
      kind: 'pushed',
      ...name,
      uuid: uuidText(params.dealUuid),
      block: (await chain.head()).toString(),
      proposal: toHex(encodeProposal(proposal)),
      identity: identityOf(proposal),
      ...decision.transfer,
    })
    emit({ type: 'accepted', ...about, ...decision.transfer })
    return { accepted: true, message: '' }
  })
}

/** Undefined for a client that is no contract with an f410 address: nobody else proposes to a pocket provider. */
function nameOf({
  deal: { proposal },
  dealUuid,
}: Mk12DealParams): { key: string; client: string; proposalId: string } | undefined {
  try {
    const client = ethFromAddress(proposal.client)
    const proposalId = proposalIdOf(proposal, client)
    return { key: `${client}:${proposalId}:${uuidText(dealUuid)}`, client, proposalId }
  } catch (error) {
    if (isStorageError(error, 'ADDRESS_INVALID')) return undefined
    throw error
  }
}

async function consider(context: Context, params: Mk12DealParams): Promise<PushDecision> {
  const { id, chain, ledger, settings } = context
  const { proposal } = params.deal
  try {
    return decidePush(params, {
      id,
      ask: settings.ask,
      head: await chain.head(),
      auth: await chain.simulateAuth(proposal.client, authParams(proposal)),
      bounds: await chain.bounds(proposal.pieceSize),
      escrow: await chain.escrow(proposal.client),
      known: ledger.knows(identityOf(proposal)),
      proposalCid: proposalCid(encodeProposal(proposal)),
      uuidKnown: ledger.byUuid(uuidText(params.dealUuid)) !== undefined,
    })
  } catch (error) {
    if (!isStorageError(error, 'NODE_UNREACHABLE')) throw error
    return refuse('PROPOSAL_UNREADABLE', 'failed validation: server error: getting chain head')
  }
}
