/**
 * What the provider knows of each proposal, as the fold of its journal: reloading is resuming. An entry is on the disk
 * before it counts.
 */
import { StorageError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import type { RefusalCode } from './decide.ts'
import type { Entry, Happening, Journal, Step } from './journal.ts'

interface Seen {
  /** Names this announcement: `<client>:<proposal id>:<transaction>`, or with its UUID instead where it was pushed. */
  readonly key: string
  readonly client: string
  readonly proposalId: string
  readonly block: bigint
  /** Milliseconds since 1970 of the last change. */
  readonly at: number
}

interface Accepted extends Seen {
  readonly proposal: string
  readonly identity: string
  readonly url: string
  readonly size: number
  /** Of a deal that was pushed. */
  readonly uuid?: string
}

interface Published extends Accepted {
  readonly dealId: bigint
  /** Outcomes of publications on purpose beyond the first. */
  readonly republished: readonly string[]
}

interface Sealed extends Published {
  readonly sector: bigint
}

interface Active extends Sealed {
  readonly activatedAt: bigint
}

export type DealRecord =
  | (Seen & { readonly state: 'seen' })
  | (Seen & { readonly state: 'refused'; readonly code: RefusalCode; readonly reason: string })
  | (Accepted & { readonly state: 'accepted' })
  | (Accepted & { readonly state: 'downloaded' })
  | (Accepted & Batch & { readonly state: 'publishing' })
  | (Published & { readonly state: 'published' })
  | (Sealed & { readonly state: 'sealed' })
  | (Sealed & { readonly state: 'proving' })
  | (Active & { readonly state: 'active' })
  | (Active & { readonly state: 'losing'; readonly loss: 'fault' | 'terminate' })
  | (Active & { readonly state: 'lost'; readonly loss: 'fault' | 'terminate' })
  | (Seen & Failed & { readonly state: 'failed' })

/** The message that a record is published with. */
interface Batch {
  readonly keys: readonly string[]
  readonly nonce: number
  readonly fromDealId: bigint
}

interface Failed {
  readonly step: Step
  readonly code: ErrorCode
  readonly reason: string
  readonly identity: string | undefined
  readonly proposal: string | undefined
  readonly uuid: string | undefined
  readonly dealId: bigint | undefined
  readonly sector: bigint | undefined
}

/** That a provider took, whatever became of it. */
type WithProposal = Extract<DealRecord, { readonly identity: string | undefined }>

type State = DealRecord['state']
export type RecordIn<S extends State> = Extract<DealRecord, { readonly state: S }>

export interface Ledger {
  /** Writes down what happened, then lets it count. */
  record(happening: Happening): Promise<void>
  get(key: string): DealRecord | undefined
  /** In the order in which they were seen. */
  list(): readonly DealRecord[]
  /** Block up to which logs were followed, and the one behind which that began. */
  followed(): { readonly since: bigint; readonly to: bigint } | undefined
  /** Whether a proposal of this identity was ever accepted. */
  knows(identity: string): boolean
  /** What was accepted with this UUID. */
  byUuid(uuid: string): WithProposal | undefined
}

export function openLedger(journal: Journal, entries: readonly Entry[], now: () => number): Ledger {
  const records = new Map<string, DealRecord>()
  let followed: { readonly since: bigint; readonly to: bigint } | undefined
  const apply = (entry: Entry): void => {
    if (entry.kind === 'followed') {
      const to = BigInt(entry.block)
      followed = { since: followed?.since ?? to, to }
    } else
      for (const key of 'keys' in entry ? entry.keys : [entry.key])
        records.set(key, next(records.get(key), entry))
  }
  for (const entry of entries) apply(entry)
  return {
    record: async (happening) => {
      const entry: Entry = { ...happening, at: now() }
      await journal.append(entry)
      apply(entry)
    },
    get: (key) => records.get(key),
    list: () => [...records.values()],
    followed: () => followed,
    knows: (identity) =>
      [...records.values()].some((record) => 'identity' in record && record.identity === identity),
    byUuid: (uuid) =>
      [...records.values()].find(
        (record): record is WithProposal => 'uuid' in record && record.uuid === uuid,
      ),
  }
}

/** The record after `entry`. DEPOT_CORRUPT when the entry cannot follow. */
function next(
  record: DealRecord | undefined,
  entry: Exclude<Entry, { kind: 'followed' }>,
): DealRecord {
  const { at } = entry
  switch (entry.kind) {
    case 'seen': {
      const { key, client, proposalId } = entry
      if (record !== undefined) break
      return { state: 'seen', key, client, proposalId, block: BigInt(entry.block), at }
    }
    case 'refused':
      if (record?.state !== 'seen') break
      return { ...record, state: 'refused', code: entry.code, reason: entry.reason, at }
    case 'accepted': {
      if (record?.state !== 'seen') break
      const { proposal, identity, url, size } = entry
      return { ...record, state: 'accepted', proposal, identity, url, size, at }
    }
    case 'pushed': {
      if (record !== undefined) break
      const { kind: _, block, ...offer } = entry
      return { state: 'accepted', ...offer, block: BigInt(block) }
    }
    case 'downloaded':
      if (record?.state !== 'accepted') break
      return { ...record, state: 'downloaded', at }
    case 'publishing': {
      if (record?.state !== 'downloaded' && record?.state !== 'publishing') break
      const { keys, nonce } = entry
      return {
        ...record,
        state: 'publishing',
        keys,
        nonce,
        fromDealId: BigInt(entry.fromDealId),
        at,
      }
    }
    case 'published':
      if (record?.state !== 'publishing') break
      return { ...record, state: 'published', dealId: BigInt(entry.dealId), republished: [], at }
    case 'republished':
      if (record === undefined || !('republished' in record)) break
      return { ...record, republished: [...record.republished, entry.outcome] }
    case 'sealed':
      if (record?.state !== 'published') break
      return { ...record, state: 'sealed', sector: BigInt(entry.sector), at }
    case 'proving':
      if (record?.state !== 'sealed' && record?.state !== 'proving') break
      return { ...record, state: 'proving', at }
    case 'activated':
      if (record?.state !== 'proving') break
      return { ...record, state: 'active', activatedAt: BigInt(entry.epoch), at }
    case 'losing':
      if (record?.state !== 'active' && record?.state !== 'losing') break
      return { ...record, state: 'losing', loss: entry.loss, at }
    case 'lost':
      if (record?.state !== 'losing') break
      return { ...record, state: 'lost', loss: entry.loss, at }
    case 'failed': {
      if (record === undefined) break
      const { key, client, proposalId, block } = record
      return {
        state: 'failed',
        key,
        client,
        proposalId,
        block,
        step: entry.step,
        code: entry.code,
        reason: entry.reason,
        identity: 'identity' in record ? record.identity : undefined,
        proposal: 'proposal' in record ? record.proposal : undefined,
        uuid: 'uuid' in record ? record.uuid : undefined,
        dealId: 'dealId' in record ? record.dealId : undefined,
        sector: 'sector' in record ? record.sector : undefined,
        at,
      }
    }
    default:
      return entry satisfies never
  }
  throw new StorageError('DEPOT_CORRUPT', {
    what: `the provider's journal has an entry that cannot follow: ${entry.kind}`,
    expected: 'an entry of the next step',
    got: `${entry.kind} after ${record?.state ?? 'nothing'}`,
  })
}
