import type { PushRecord } from '../relay/push-record.ts'

/** What the flow tells while it works, for bars, lines and logs. Names are `step:event`; amounts are attoFIL. */
export type FlowEvent =
  | { type: 'prepare:progress'; bytes: number; total: number | undefined; file: string }
  | { type: 'prepare:done'; pieceCid: string; root: string; size: number; files: number }
  | { type: 'deploy:sent'; contract: string; tx: string }
  | { type: 'deploy:waiting'; contract: string; tx: string; confirmations: number }
  | { type: 'deploy:done'; contract: string; address: string; fresh: boolean }
  | { type: 'plan:note'; text: string }
  | { type: 'verify:waiting'; contract: string; explorer: string; why: string }
  | { type: 'verify:done'; contract: string; explorer: string; reason: string | null }
  | { type: 'escrow:short'; missing: bigint }
  | { type: 'propose:sent'; tx: string }
  | { type: 'propose:done'; proposalId: string; tx: string | undefined }
  | { type: 'store:sent'; pieceCid: string; value: bigint; tx: string }
  | { type: 'store:done'; id: bigint; tx: string | undefined }
  | { type: 'store:waiting'; id: bigint; why: string }
  | ({ type: 'push:done' } & PushRecord)
  | { type: 'push:failed'; why: string }
  | { type: 'reannounce:sent'; proposalId: string; tx: string }
  | { type: 'reannounce:done'; proposalId: string; epoch: bigint; fee: bigint; spent: bigint }
  | { type: 'reannounce:failed'; proposalId: string; why: string }
  | { type: 'reannounce:away'; why: string }
  | { type: 'deal:published'; proposalId: string; dealId: bigint; provider: bigint; epoch: bigint }
  | { type: 'deal:active'; proposalId: string; dealId: bigint; provider: bigint; epoch: bigint }
  | { type: 'deal:waiting'; proposalId: string; why: string }
  | { type: 'retrieve:source'; name: string; url: string }
  | { type: 'retrieve:progress'; bytes: number; total: number | undefined }
  | { type: 'retrieve:refused'; name: string; reason: string }
