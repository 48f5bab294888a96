/** Stores and purses as a person reads them. */
import type { Network } from '../src/chain/networks.ts'
import { formatDuration, formatFil } from '../src/deal/units.ts'
import type { PurseDocument, StoreDocument } from '../src/flow/documents.ts'
import { formatBytes, formatCount, formatEpoch } from '../src/terminal/format.ts'
import { formatTable } from '../src/terminal/table.ts'

export function describeStore(store: StoreDocument, network: Network): string[] {
  const { next } = store
  const rows: string[][] = [
    ['store', String(store.id)],
    ['piece', `${store.pieceCid}, padded ${formatBytes(store.pieceSize)}`],
    ...(store.root === '' ? [] : [['root', store.root]]),
    ['copies', copiesOf(store)],
    ['state', `${store.reason}: ${store.why}`],
    ['next', next.at === null ? next.action : `${at(next.at, network)}: ${next.action}`],
    ['runway', runwayOf(store, network)],
  ]
  return formatTable(rows)
}

export function describePurse(purse: PurseDocument): string[] {
  return formatTable([
    ['account', purse.account],
    ...(purse.client === null ? [] : [['client', purse.client]]),
    [
      'purse',
      `${formatFil(BigInt(purse.free))} free, for ${purse.stores} ${purse.stores === 1 ? 'store' : 'stores'} at ${formatFil(BigInt(purse.perEpoch))} per epoch`,
    ],
    ['keepers', `${formatFil(BigInt(purse.paidInWindow))} in the current day`],
  ])
}

/** While a renewal and what it follows both run there are more than are wanted. */
function copiesOf({ replicas, active, published, open }: StoreDocument): string {
  const more = active > replicas ? ` (${active - replicas} more until older deals end)` : ''
  return `${Math.min(active, replicas)} of ${replicas} active${more}, ${published} published, ${open} on offer`
}

function runwayOf({ runway, fundedUntil, cancelled }: StoreDocument, network: Network): string {
  if (cancelled) return 'ended: it is not renewed'
  if (runway === null || fundedUntil === null) return 'for ever: keeping it costs nothing'
  if (runway === 0) return 'none: the missing copies cannot be paid'
  return `${formatCount(runway)} epochs, ${formatDuration(BigInt(runway))}, until ${at(fundedUntil, network)}`
}

function at(epoch: number, { genesis }: Network): string {
  return `epoch ${formatEpoch(epoch, genesis)}`
}
