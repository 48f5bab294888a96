/**
 * Gathers the facts for a diagnosis and makes it. Everything goes through ports that stop with the signal; what cannot be looked
 * at becomes an unknown fact with its reason, so a diagnosis is always made.
 */
import type { Provider } from 'ethers'
import type { Client } from '../chain/client-contract.ts'
import { minerInfo } from '../chain/lotus.ts'
import type { Network } from '../chain/networks.ts'
import type { Ask } from '../deal/ask.ts'
import type { DealTerms } from '../deal/terms.ts'
import type { Depot } from '../depot/depot.ts'
import type { Finding } from '../doctor/check.ts'
import { diagnose, worst } from '../doctor/diagnose.ts'
import { type Fact, known, type NodeFacts, type ProviderFacts, unseen } from '../doctor/facts.ts'
import { StorageError } from '../errors.ts'
import type { StoredPiece } from '../prepare/sink.ts'
import { attempt } from './attempt.ts'
import type { DealPlan, PlannedOffer } from './plan-deal.ts'
import { depotFacts, inDepot, urlFacts, urlOrDepot } from './look-at-piece.ts'
import { lookAtSetup, type Setup } from './look-at-setup.ts'
import { offerOf, standingProposal } from './look-at-offer.ts'
import type { UrlProbeOptions } from './probe-url.ts'

export interface ExaminePorts {
  readonly network: Network
  /** What a command needs to name the network: empty, or ` --network NAME`. */
  readonly option: string
  readonly provider: Provider
  /** Unknown with the reason where none is deployed. */
  readonly client: Fact<Client>
  readonly depot: Depot
  /** Base URL under which providers reach the depot; empty: none is known. */
  readonly depotUrl: string
  /** 0x… of the account that would send. Left out where nothing is to be sent. @throws NO_KEY */
  readonly account?: (() => Promise<string>) | undefined
  readonly askOf?: ((provider: bigint) => Promise<Ask | undefined>) | undefined
  readonly signal?: AbortSignal | undefined
  /** Of the URL. */
  readonly probing?: Omit<UrlProbeOptions, 'signal'> | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

export interface Extras {
  /** Actor ids to look at, beside those of the terms. */
  readonly providers?: readonly bigint[] | undefined
  /** Download everything from the URL and compute its commitment. */
  readonly commitment?: boolean | undefined
}

/** Configuration and money, with a URL or a piece of the depot where one is given. @throws ABORTED; CID_INVALID */
export async function examineSetup(
  subject: Extras & { readonly url?: string | undefined; readonly cid?: string | undefined },
  ports: ExaminePorts,
): Promise<Finding[]> {
  const { piece, facts: depot } =
    subject.cid === undefined ? nothing : await inDepot(subject.cid, ports)
  const [base, url] = await Promise.all([
    lookAtSetup(ports, true),
    subject.url === undefined ? undefined : urlOrDepot(subject.url, piece, subject, ports),
  ])
  const providers = await providersOf(subject.providers ?? [], base.node, ports)
  return diagnose({
    ...base,
    ...(depot === undefined ? {} : { depot }),
    ...(url === undefined ? {} : { url }),
    providers,
  })
}

/** What is about to be sent; nothing is said of what is there already. @throws ABORTED; NODE_UNREACHABLE */
export async function examinePlan(
  plan: DealPlan,
  extras: Extras,
  ports: ExaminePorts,
): Promise<Finding[]> {
  const base = await lookAtSetup(ports, true)
  const findings: Finding[] = []
  for (const { piece, offer } of plan.pieces)
    if (offer !== undefined)
      findings.push(...(await ofTerms(base, { ...offer, piece }, extras, ports)))
  return withoutRepeats(findings)
}

/** A piece that is to be kept: the terms of its deals are the contract's affair, and change. @throws ABORTED */
export async function examineKept(
  piece: StoredPiece,
  urls: readonly string[],
  ports: Omit<ExaminePorts, 'client'>,
): Promise<Finding[]> {
  const whole = {
    ...ports,
    // The policy may name places of its own.
    depotUrl: ports.depotUrl === '' ? (urls[0] ?? '') : ports.depotUrl,
    client: unseen<Client>('the contract makes a client for each account'),
  }
  const { contract: _, ...base } = await lookAtSetup(whole, true)
  const depot = await depotFacts(piece, whole)
  const each: Finding[][] = []
  for (const text of urls)
    each.push(diagnose({ ...base, url: await urlFacts(text, piece, {}, whole), depot }))
  // Attempts take the places in turn: where one serves, the others cost time.
  const serves = each.some((findings) => worst(findings) !== 'refused')
  const findings = each.flat()
  return withoutRepeats(serves ? findings.map(asWarning) : findings)
}

function asWarning(finding: Finding): Finding {
  return finding.verdict === 'refused' ? { ...finding, verdict: 'warning' } : finding
}

/** Terms that somebody made by hand, of a piece that need not be in the depot. @throws as `examinePlan` */
export async function examineTerms(
  terms: DealTerms,
  extras: Extras,
  ports: ExaminePorts,
): Promise<Finding[]> {
  const { piece } = await inDepot(terms.pieceCid, ports)
  const offer = { terms, bounds: undefined, piece }
  return ofTerms(await lookAtSetup(ports, true), offer, extras, ports)
}

async function ofTerms(
  base: Setup,
  offer: Pick<PlannedOffer, 'terms' | 'bounds'> & { readonly piece: StoredPiece | undefined },
  extras: Extras,
  ports: ExaminePorts,
): Promise<Finding[]> {
  const { client, network, provider, signal } = ports
  if (!client.known) return diagnose(base)
  const { terms, bounds, piece } = offer
  const [facts, url, depot, providers] = await Promise.all([
    offerOf(
      terms,
      { network, client: client.value, provider, signal },
      bounds === undefined ? undefined : known(bounds),
    ),
    urlFacts(terms.url, piece ?? terms, extras, ports),
    piece && depotFacts(piece, ports),
    providersOf([...terms.providers, ...(extras.providers ?? [])], base.node, ports),
  ])
  return diagnose({
    ...base,
    offer: facts,
    url,
    providers,
    ...(depot === undefined ? {} : { depot }),
  })
}

/** A proposal that stands on chain. @throws ABORTED; PROPOSAL_NOT_FOUND; NODE_UNREACHABLE; NOT_DEPLOYED */
export async function examineProposal(
  proposalId: string,
  extras: Extras & { readonly url?: string | undefined },
  ports: ExaminePorts,
): Promise<Finding[]> {
  const { client, network, provider, signal } = ports
  if (!client.known) throw new StorageError('NOT_DEPLOYED', { what: client.why })
  const context = { network, client: client.value, provider, signal }
  const { view, offer, chain } = await standingProposal(proposalId, context)
  const { piece, facts } = await inDepot(view.pieceCid, ports)
  const isOpen = chain.state === 'open'
  const text = extras.url ?? view.url
  const expected = { size: view.size, pieceCid: view.pieceCid }
  const [base, url] = await Promise.all([
    lookAtSetup(ports, false),
    isOpen || extras.url !== undefined || extras.commitment === true
      ? urlFacts(text, piece ?? expected, extras, ports)
      : undefined,
  ])
  const providers = await providersOf(
    [...view.providers, ...(extras.providers ?? [])],
    base.node,
    ports,
  )
  return diagnose({
    ...base,
    offer,
    chain,
    providers,
    ...(url === undefined ? {} : { url }),
    // Another machine may have made it; what the URL serves is what counts.
    ...(piece === undefined ? {} : { depot: facts }),
  })
}

const nothing = { piece: undefined, facts: undefined }

async function providersOf(
  ids: readonly bigint[],
  { lotus }: Pick<NodeFacts, 'lotus'>,
  { network, provider, askOf, signal }: ExaminePorts,
): Promise<ProviderFacts[]> {
  return Promise.all(
    [...new Set(ids)].map(async (id) => {
      // Without the method nobody is known; that says nothing of the provider.
      const miner =
        lotus.known && lotus.value
          ? await attempt(() => minerInfo(provider, network, id, { signal }))
          : unseen<never>('the node does not tell who is a miner')
      const ask = miner.known && miner.value !== undefined ? await askOf?.(id) : undefined
      return { id, miner, ask: ask && known(ask) }
    }),
  )
}

/** What is the same for several pieces is told once. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const told = new Set<string>()
  return findings.filter((finding) => {
    const key = JSON.stringify([finding.code, finding.verdict, finding.about, finding.seen])
    return !told.has(key) && told.add(key)
  })
}
