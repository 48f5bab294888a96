/**
 * Who computes what in memory. Each gets the payload as a file gives it, in chunks of 1 MiB, unless it needs all of it at
 * once. Those that commit must all give the same piece CID.
 */
import { createHash } from 'node:crypto'
import { create as createDataSegmentHasher } from '@web3-storage/data-segment/multihash'
import { BlackHoleBlockstore } from 'blockstore-core'
import { importByteStream } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { RAW } from '../../src/car/cid.ts'
import { commitmentOf } from '../../src/piece/commitment.ts'
import { PieceHasher, type PieceHasherOptions } from '../../src/piece/hasher.ts'
import { pieceCidV2 } from '../../src/piece/piece-cid.ts'
import { unpaddedCapacity } from '../../src/piece/size.ts'
import { type HashInto, hashInto } from './hashtree.ts'
import type { Payload } from './payload.ts'
import { createPlainLoop } from './plain-loop.ts'
import type { RowSpec } from './report.ts'
import { createWasmHasher } from './wasm-commitment.ts'

const MIB = 2 ** 20

export interface Contender extends RowSpec {
  /** Whether the answer is a piece CID. */
  readonly commits: boolean
  /** The piece CID v2, or a digest of another kind. */
  run(payload: Payload): string | Promise<string>
}

/** In the order in which they run. `bytes` is a full run: slow ones get less, since all are told in bytes per second. */
export const CONTENDERS: readonly Contender[] = [
  {
    id: 'memory/data-segment',
    title: 'commitment, @web3-storage/data-segment (JavaScript)',
    ours: false,
    bytes: full(4),
    commits: true,
    run(payload) {
      const hasher = createDataSegmentHasher()
      for (const chunk of payload.chunks()) hasher.write(chunk)
      return CID.createV1(RAW, Digest.decode(hasher.digest().bytes)).toString()
    },
  },
  {
    id: 'memory/wasm',
    title: 'commitment, fr32-sha2-256-trunc254-… (Rust in WebAssembly)',
    ours: false,
    bytes: full(32),
    commits: true,
    run(payload) {
      const hasher = createWasmHasher()
      for (const chunk of payload.chunks()) hasher.write(chunk)
      return hasher.finish()
    },
  },
  ...(hashInto === undefined ? [] : [plainLoopOver(hashInto)]),
  {
    id: 'memory/sealift',
    title: 'commitment, Sealift, one thread',
    ours: true,
    bytes: full(1024),
    commits: true,
    run: (payload) => commitment(payload),
  },
  {
    id: 'memory/sealift-2-threads',
    title: 'commitment, Sealift, two threads',
    ours: true,
    bytes: full(4096),
    commits: true,
    run: async (payload) => pieceCidV2(await commitmentOf(payload.sharedChunks(), { threads: 2 })),
  },
  {
    id: 'memory/sealift-as-sha256',
    title: 'commitment, Sealift without native code (as-sha256)',
    ours: true,
    bytes: full(32),
    commits: true,
    run: (payload) => commitment(payload, { backend: 'as-sha256' }),
  },
  {
    id: 'memory/unixfs-importer',
    title: 'DAG only, ipfs-unixfs-importer',
    ours: false,
    bytes: full(256),
    commits: false,
    async run(payload) {
      const { cid } = await importByteStream(payload.chunks(), new BlackHoleBlockstore(), {
        profile: 'unixfs-v1-2025',
      })
      return cid.toString()
    },
  },
  {
    id: 'memory/sha256',
    title: 'SHA-256 of the bytes, one stream (OpenSSL)',
    ours: false,
    bytes: full(256),
    commits: false,
    run(payload) {
      const hash = createHash('sha256')
      for (const chunk of payload.chunks()) hash.update(chunk)
      return hash.digest('hex')
    },
  },
]

/** Our commitment on this thread. */
export function commitment(payload: Payload, options?: PieceHasherOptions): string {
  const hasher = new PieceHasher(options)
  for (const chunk of payload.chunks()) hasher.update(chunk)
  return pieceCidV2(hasher.digest())
}

function plainLoopOver(hash: HashInto): Contender {
  const plainLoop = createPlainLoop(hash)
  return {
    id: 'memory/plain-loop',
    title: 'commitment, a plain loop over @chainsafe/hashtree',
    ours: false,
    bytes: full(256),
    commits: true,
    run: (payload) => pieceCidV2(plainLoop(payload.whole())),
  }
}

/** The payload of a full piece of `mib`: its commitment hashes no zeros. */
function full(mib: number): number {
  return unpaddedCapacity(mib * MIB)
}
