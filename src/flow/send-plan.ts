/** Sends what a plan says, one proposal after the other, and lets the relay offer them. */
import { missingFunds } from '../deal/cost.ts'
import type { FlowContext, ProposedPiece } from './context.ts'
import type { DealPlan, PlannedOffer } from './plan-deal.ts'

/** @throws whatever `context.inspect` refuses, before anything is sent; as `Client.propose` */
export async function sendPlan(
  plan: DealPlan,
  context: FlowContext,
): Promise<readonly ProposedPiece[]> {
  await context.inspect?.(plan)
  const proposed: ProposedPiece[] = []
  for (const { piece, url, found, offer } of plan.pieces) {
    const { proposalId, tx } =
      offer === undefined
        ? { proposalId: found?.proposalId ?? '', tx: null }
        : await propose(offer, context)
    context.onEvent?.({ type: 'propose:done', proposalId, tx: tx ?? undefined })
    proposed.push({
      proposalId,
      tx,
      piece,
      url,
      providers: offer?.terms.providers ?? found?.providers ?? [],
    })
  }
  return proposed
}

/** The contract takes what its escrow lacks from its balance; what both lack comes along from the account. */
async function propose(
  { terms, cost }: PlannedOffer,
  { client, signal, onEvent }: FlowContext,
): Promise<{ proposalId: string; tx: string }> {
  // Looked at again: money may have moved since the plan was made.
  const value = missingFunds(cost.total, await client.funds())
  if (value > 0n) onEvent?.({ type: 'escrow:short', missing: value })
  return client.propose(terms, {
    value,
    signal,
    onSent: (tx) => onEvent?.({ type: 'propose:sent', tx }),
  })
}
