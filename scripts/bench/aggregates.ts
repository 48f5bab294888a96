/**
 * The rows of aggregates: building from the commitments of segments, in this process, A B A B, and once in one of its own for
 * the memory; and one proof. Whoever builds the same segments must give the same piece CID.
 */
import { hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { Aggregate as Library, Piece } from '@web3-storage/data-segment'
import { Aggregate } from '../../src/aggregate/aggregate.ts'
import { planAggregates } from '../../src/aggregate/plan.ts'
import { placeSegments } from '../../src/aggregate/segment.ts'
import { toHex } from '../../src/bytes/hex.ts'
import { pieceCidV2 } from '../../src/piece/piece-cid.ts'
import { Agreement } from './agreement.ts'
import { runNode } from './child.ts'
import type { RowSpec } from './report.ts'
import { type Gathered, gather } from './rows.ts'
import { madeSegments } from './segments.ts'
import type { Session } from './session.ts'

const AGGREGATE_SIZE = 32 * 2 ** 30
const PROOFS = 1000
const QUICK_SHARE = 16

interface Builder extends RowSpec {
  readonly segments: number
  /** The piece CID v2. */
  build(segments: ReturnType<typeof madeSegments>): string
}

const BUILDERS: readonly Builder[] = [
  {
    ...row('aggregate/data-segment', 'build of 10,000 segments, @web3-storage/data-segment', false),
    segments: 10_000,
    build: (segments) => byLibrary(segments),
  },
  {
    ...row(
      'aggregate/data-segment-openssl',
      'build of 10,000 segments, data-segment with OpenSSL for its hasher',
      false,
    ),
    segments: 10_000,
    build: (segments) => byLibrary(segments, { hasher: OPENSSL }),
  },
  {
    ...row('aggregate/sealift', 'build of 10,000 segments, Sealift', true),
    segments: 10_000,
    build: (segments) => pieceCidV2(built(segments)),
  },
  {
    ...row('aggregate/sealift-many', 'build of 100,000 segments, Sealift', true),
    segments: 100_000,
    build: (segments) => pieceCidV2(built(segments)),
  },
]

/** Ours alone: nobody else has the like. */
const OURS = [
  {
    ...row('aggregate/proof', 'one proof out of 100,000 segments, the mean of 1,000', true),
    ms: proofMs,
  },
  {
    ...row('aggregate/plan', 'plan for 100,000 inputs of 100 owners', true),
    ms: planMs,
  },
]

export async function measureAggregates(session: Session): Promise<Gathered[]> {
  const builders = BUILDERS.filter(({ id }) => session.wants(id)).map((builder) =>
    session.plan.quick ? { ...builder, segments: builder.segments / QUICK_SHARE } : builder,
  )
  const agreement = new Agreement(session)
  const rows = builders.map(({ segments: _segments, build: _build, ...spec }) => gather(spec))
  const ours = OURS.filter(({ id }) => session.wants(id)).map(({ ms, ...spec }) => ({
    ...gather(spec),
    ms,
  }))
  const rounds = session.plan.rounds.memory
  for (let round = 1; round <= rounds; round++) {
    for (const [i, builder] of builders.entries()) {
      const ms = await session.attempt(builder.id, () => turn(builder, agreement, session.signal))
      if (ms === undefined) continue
      rows[i]?.samples.push({ ms, peakBytes: null })
      session.tellSample(builder, round, rounds, ms)
    }
    for (const { samples, ms } of ours) samples.push({ ms: ms(), peakBytes: null })
  }
  const withPeaks = await Promise.all(rows.map((one) => withPeak(one, session)))
  return [...withPeaks, ...ours.map(({ spec, samples }) => ({ spec, samples }))]
}

async function turn(
  { id, segments: count, build }: Builder,
  agreement: Agreement,
  signal: AbortSignal,
): Promise<number> {
  await setImmediate()
  signal.throwIfAborted()
  const segments = madeSegments(count)
  const begin = performance.now()
  const cid = build(segments)
  const ms = performance.now() - begin
  agreement.check(`${count} segments`, id, cid)
  return ms
}

/** The large one runs once more, alone: the memory of this process is everybody's. */
async function withPeak(one: Gathered, session: Session): Promise<Gathered> {
  if (one.spec.id !== 'aggregate/sealift-many') return one
  const finished = await session.attempt(one.spec.id, () =>
    runNode(['scripts/bench/aggregate-once.ts', '100000'], session.signal),
  )
  const peakBytes = finished?.peakBytes ?? null
  return { ...one, samples: one.samples.map(({ ms }) => ({ ms, peakBytes })) }
}

function proofMs(): number {
  const aggregate = built(madeSegments(100_000))
  const begin = performance.now()
  for (let i = 0; i < PROOFS; i++) aggregate.proof(i * 97)
  return (performance.now() - begin) / PROOFS
}

function planMs(): number {
  const inputs = madeSegments(100_000).map(({ root, pieceSize }, i) => ({
    id: `${i}`,
    pieceCid: toHex(root),
    pieceSize,
    size: (pieceSize / 128) * 127,
    owner: `owner ${i % 100}`,
    arrivedAt: i,
  }))
  const policy = {
    minPieceSize: 2 ** 20,
    maxPieceSize: AGGREGATE_SIZE,
    closeAtBytes: AGGREGATE_SIZE / 2,
    closeAfter: 1,
  }
  const begin = performance.now()
  planAggregates(inputs, policy, inputs.length)
  return performance.now() - begin
}

function built(segments: ReturnType<typeof madeSegments>): Aggregate {
  return new Aggregate(placeSegments(segments, AGGREGATE_SIZE), AGGREGATE_SIZE)
}

const OPENSSL = {
  digest: (bytes: Uint8Array) => ({ digest: new Uint8Array(hash('sha256', bytes, 'buffer')) }),
}

function byLibrary(
  segments: ReturnType<typeof madeSegments>,
  hasher?: { readonly hasher: typeof OPENSSL },
): string {
  const pieces = segments.map(({ root, pieceSize }) => ({
    root,
    height: Math.log2(pieceSize / 32),
    padding: 0n,
  }))
  const size = Piece.Size.from(BigInt(AGGREGATE_SIZE))
  // Its types ask for a whole multihash hasher; of that it calls `digest` and takes the digest.
  return Library.build({ pieces, size, ...(hasher as object) }).link.toString()
}

function row(id: string, title: string, ours: boolean): RowSpec {
  return { id, title, ours, bytes: 0 }
}
