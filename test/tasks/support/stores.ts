/** Stores as the flow returns them, for tasks that only show them. */
import type { StoreDocument, StoredDocument, StoresDocument } from '../../../src/flow/documents.ts'
import { PIECE, ROOT } from './documents.ts'

export const ACCOUNT = `0x${'ac'.repeat(20)}`
export const PERPETUAL = `0x${'be'.repeat(20)}`

const store: StoreDocument = {
  id: 7,
  account: ACCOUNT,
  pieceCid: PIECE,
  pieceSize: 128,
  root: ROOT,
  replicas: 3,
  active: 2,
  published: 0,
  open: 1,
  attempts: 4,
  reason: 'awaiting',
  why: 'a proposal waits for providers',
  next: { action: 'providers may take the offer until then', at: 1_005_761 },
  runway: 1_051_200,
  fundedUntil: 2_051_200,
  policy: 2,
  cancelled: false,
}

const purse = {
  account: ACCOUNT,
  client: `0x${'c1'.repeat(20)}`,
  stores: 1,
  free: '5000000000000000000',
  perEpoch: '150000000',
  paidInWindow: '0',
}

export const STORED: StoredDocument = {
  version: 1,
  kind: 'stored',
  network: 'localnet',
  contract: PERPETUAL,
  purse,
  stores: [{ ...store, tx: `0x${'cd'.repeat(32)}` }],
}

export const STORES: StoresDocument = {
  version: 1,
  kind: 'stores',
  network: 'localnet',
  epoch: 1_000_000,
  contract: PERPETUAL,
  purse,
  stores: [
    store,
    { ...store, id: 8, runway: 0, fundedUntil: 1_000_000, reason: 'no-money' },
    { ...store, id: 9, runway: null, fundedUntil: null },
    { ...store, id: 10, cancelled: true },
  ],
  allUntil: 1_051_200,
}
