/**
 * A chain in memory behind the provider's port: one nonce, deals that are never taken twice, clients that authenticate
 * what they proposed. It outlives the providers that use it.
 */
import {
  extraParams,
  publishStorageDealsParams,
  publishStorageDealsReturn,
} from '../../../../src/deal/params.ts'
import { type DealProposal, encodeProposal, proposalCid } from '../../../../src/deal/proposal.ts'
import { authenticateMessageParams } from '../../../../src/deal/params.ts'
import { idAddress } from '../../../../src/bytes/address.ts'
import { StorageError } from '../../../../src/errors.ts'
import type {
  Activation,
  ProviderChain,
  SectorProof,
  Sent,
  Ticket,
  Verdict,
} from '../../../../src/provider/ports.ts'
import type { ProposalLog } from '../../../../src/chain/logs.ts'
import type { EscrowBalance } from '../../../../src/deal/market.ts'
import type { CollateralBounds } from '../../../../src/deal/terms.ts'
import { CLIENT } from './proposals.ts'

interface Deal {
  readonly proposal: DealProposal
  activatedAt: bigint | undefined
  gone: boolean
}

const NOBODY = idAddress(0n)

export class FakeChain implements ProviderChain {
  epoch = 1000n
  nonce = 0
  readonly logs: ProposalLog[] = []
  readonly deals = new Map<bigint, Deal>()
  readonly offers = new Map<string, { proposal: Uint8Array; extra: Uint8Array }>()
  readonly announced: Uint8Array[][] = []
  readonly proofs: bigint[] = []
  /** Whether it drops a deal that it has, as f05 does while the first one is pending. */
  dropsTwins = true
  /** Messages that were mined. */
  published = 0
  collateral = 0n
  clientEscrow: EscrowBalance = { balance: 10n ** 18n, locked: 0n }
  collateralBounds: CollateralBounds | undefined = { min: 1000n, max: 10n ** 27n }
  /** While it is set, every call fails with it. */
  outage: StorageError | undefined

  /** A client contract announces what it wants stored. */
  offer(proposal: DealProposal, url: string, size: number, name = '01'): ProposalLog {
    const proposalId = `0x${name.repeat(32)}`
    this.offers.set(proposalId, {
      proposal: encodeProposal({ ...proposal, provider: NOBODY }),
      extra: extraParams.encode({
        locationRef: url,
        carSize: BigInt(size),
        skipIpniAnnounce: false,
        removeUnsealedCopy: false,
      }),
    })
    return this.announceOffer(proposalId)
  }

  announceOffer(proposalId: string): ProposalLog {
    this.epoch += 1n
    const log = {
      client: CLIENT,
      proposalId,
      block: this.epoch,
      transaction: `0x${this.logs.length}`,
      removed: false,
    }
    this.logs.push(log)
    return log
  }

  async head(): Promise<bigint> {
    if (this.outage !== undefined) throw this.outage
    return this.epoch
  }

  async proposalLogs(from: bigint, to: bigint): Promise<ProposalLog[]> {
    if (this.outage !== undefined) throw this.outage
    return this.logs.filter(({ block }) => block >= from && block <= to)
  }

  async readProposal(_: string, id: string): Promise<{ proposal: Uint8Array; extra: Uint8Array }> {
    const offer = this.offers.get(id)
    if (offer === undefined)
      throw new StorageError('CONTRACT_REFUSED', { what: 'no such proposal' })
    return offer
  }

  async simulateAuth(_: Uint8Array, params: Uint8Array): Promise<Verdict> {
    return this.authenticates(authenticateMessageParams.decode(params).proposal)
      ? { ok: true }
      : { ok: false, reason: 'not what was proposed' }
  }

  async escrow(address: Uint8Array): Promise<EscrowBalance> {
    return address[0] === 0 ? { balance: this.collateral, locked: 0n } : this.clientEscrow
  }

  async bounds(): Promise<CollateralBounds | undefined> {
    return this.collateralBounds
  }

  async addCollateral(amount: bigint): Promise<void> {
    this.nonce += 1
    this.collateral += amount
  }

  async simulatePublish(params: Uint8Array): Promise<Uint8Array> {
    const valid = this.valid(params)
    if (valid.length === 0)
      throw new StorageError('CONTRACT_REFUSED', { what: 'exit 16: All deal proposals invalid' })
    return publishStorageDealsReturn.encode({
      ids: valid.map((_, index) => BigInt(this.deals.size + index)),
      validDeals: valid.map(({ position }) => position),
    })
  }

  async ticket(): Promise<Ticket> {
    return { nonce: this.nonce, fromDealId: BigInt(this.deals.size) }
  }

  async publish(params: Uint8Array, { nonce }: Ticket): Promise<Sent> {
    if (nonce < this.nonce) return 'stale'
    this.nonce += 1
    const valid = this.valid(params)
    if (valid.length === 0) return 'reverted'
    this.published += 1
    for (const { proposal } of valid)
      this.deals.set(BigInt(this.deals.size), { proposal, activatedAt: undefined, gone: false })
    return 'mined'
  }

  async findDeal(proposal: DealProposal, from: bigint): Promise<bigint | undefined> {
    const wanted = cidOf(proposal)
    for (const [id, deal] of this.deals)
      if (id >= from && cidOf(deal.proposal) === wanted) return id
    return undefined
  }

  async activation(dealId: bigint): Promise<Activation> {
    const deal = this.deals.get(dealId)
    if (deal === undefined) return { state: 'unknown' }
    if (deal.gone) return { state: 'gone' }
    if (deal.activatedAt === undefined) return { state: 'published' }
    return { state: 'active', activatedAt: deal.activatedAt }
  }

  async prove({ dealId, sector }: SectorProof): Promise<void> {
    this.nonce += 1
    const deal = this.deals.get(dealId)
    if (
      deal === undefined ||
      deal.activatedAt !== undefined ||
      this.epoch > deal.proposal.startEpoch
    )
      throw new StorageError('CONTRACT_REFUSED', { what: `deal ${dealId} cannot be activated` })
    deal.activatedAt = this.epoch
    this.proofs.push(sector)
  }

  /** One sector per deal, of the same number. */
  async terminate(sector: bigint): Promise<void> {
    const deal = this.deals.get(sector)
    if (deal === undefined || deal.gone)
      throw new StorageError('CONTRACT_REFUSED', { what: `sector ${sector} is not active` })
    deal.gone = true
  }

  async announce(multiaddrs: Uint8Array[]): Promise<void> {
    this.announced.push(multiaddrs)
  }

  private authenticates(proposal: DealProposal): boolean {
    const asked = cidOf({ ...proposal, provider: NOBODY })
    return [...this.offers.values()].some((offer) => proposalCid(offer.proposal) === asked)
  }

  private valid(params: Uint8Array): { proposal: DealProposal; position: bigint }[] {
    const deals = this.dropsTwins ? [...this.deals.values()] : []
    const taken = new Set(deals.map((deal) => cidOf(deal.proposal)))
    return publishStorageDealsParams
      .decode(params)
      .deals.map(({ proposal }, index) => ({ proposal, position: BigInt(index) }))
      .filter(({ proposal }) => this.authenticates(proposal) && !taken.has(cidOf(proposal)))
  }
}

function cidOf(proposal: DealProposal): string {
  return proposalCid(encodeProposal(proposal))
}
