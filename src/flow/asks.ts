/** What named providers ask for: the price that follows from it, and what they will refuse. */
import { type Ask, fitsAsk, leastPrice, pricePerEpochAt } from '../deal/ask.ts'
import { DEFAULT_PRICE_PER_GIB, type DealTerms } from '../deal/terms.ts'
import { formatFil, formatSize } from '../deal/units.ts'
import { StorageError } from '../errors.ts'
import type { FlowContext } from './context.ts'
import type { AskDocument } from './documents.ts'
import { wishedPrice, type Wishes } from './offer.ts'

/** Never fails but with ABORTED: a provider that tells nothing is left out. */
export async function asksOf(
  providers: readonly bigint[],
  { askOf }: FlowContext,
): Promise<ReadonlyMap<bigint, Ask>> {
  const asks = new Map<bigint, Ask>()
  for (const id of providers) {
    const ask = await askOf?.(id)
    if (ask !== undefined) asks.set(id, ask)
  }
  return asks
}

/** Unless a price was said: what the dearest of the named providers asks, the usual ask for those that tell none. */
export function priceFor(
  pieceSize: number,
  request: Wishes,
  asks: ReadonlyMap<bigint, Ask>,
): bigint | undefined {
  const { providers = [] } = request
  const wished = wishedPrice(request, pieceSize)
  if (wished !== undefined || asks.size === 0) return wished
  const asked = providers.map((id) => asks.get(id)?.pricePerGib ?? DEFAULT_PRICE_PER_GIB)
  const highest = asked.reduce((most, price) => (price > most ? price : most), 0n)
  return pricePerEpochAt(highest, BigInt(pieceSize))
}

/** A price that nobody said may be this many times the usual ask: what a server answers must not empty a purse. */
const MOST_UNSAID = 4n

/** Only for offers whose price follows from asks. @throws COST_TOO_HIGH where an ask is far above what is usual and no limit was said */
export function checkAsks(
  request: Wishes & { readonly maxTotal?: bigint | undefined },
  asks: ReadonlyMap<bigint, Ask>,
): void {
  if (wishedPrice(request, 1) !== undefined || request.maxTotal !== undefined) return
  for (const [id, { pricePerGib, source }] of asks) {
    if (pricePerGib <= DEFAULT_PRICE_PER_GIB * MOST_UNSAID) continue
    throw new StorageError('COST_TOO_HIGH', {
      what: `f0${id} asks for much more than is usual (${source})`,
      expected: `at most ${perGib(DEFAULT_PRICE_PER_GIB * MOST_UNSAID)} unless you say otherwise`,
      got: perGib(pricePerGib),
      hint: `Say what it may cost: --max-total, or --price ${formatFil(pricePerGib).replaceAll(' ', '')}/GiB/epoch to accept it.`,
    })
  }
}

/** What the providers that were named will say to it. */
export function notesOn(
  { pieceSize, pricePerEpoch }: Pick<DealTerms, 'pieceSize' | 'pricePerEpoch'>,
  asks: ReadonlyMap<bigint, Ask>,
): string[] {
  return [...asks].flatMap(([id, ask]) => {
    const asked = leastPrice(ask, pieceSize)
    const [least, most] = [
      formatSize(Number(ask.minPieceSize)),
      formatSize(Number(ask.maxPieceSize)),
    ]
    return [
      ...(pricePerEpoch < asked
        ? [
            `f0${id} asks for ${formatFil(asked)} per epoch and will refuse ${formatFil(pricePerEpoch)}`,
          ]
        : []),
      ...(fitsAsk(ask, pieceSize)
        ? []
        : [
            `f0${id} takes pieces of ${least} to ${most} and will refuse one of ${formatSize(pieceSize)}`,
          ]),
    ].map((note) => `${note} (${ask.source})`)
  })
}

export function askDocument(id: bigint, ask: Ask): AskDocument & { readonly provider: string } {
  return {
    provider: `f0${id}`,
    pricePerGib: String(ask.pricePerGib),
    minPieceSize: Number(ask.minPieceSize),
    maxPieceSize: Number(ask.maxPieceSize),
    source: ask.source,
  }
}

function perGib(price: bigint): string {
  return `${formatFil(price)} per GiB and epoch`
}
