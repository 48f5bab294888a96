/**
 * The life of one deal, whole, on a local Filecoin: prepared, proposed, taken by two providers, deleted here, fetched
 * back, compared. Tells each step as it happens and returns the facts.
 */
import { statSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BrowserProvider } from 'ethers'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { openClient } from '../../src/chain/client-contract.ts'
import { NETWORKS } from '../../src/chain/networks.ts'
import { StorageError } from '../../src/errors.ts'
import { readArtifact } from '../../src/flow/artifact.ts'
import type { FlowContext } from '../../src/flow/context.ts'
import { deployClient } from '../../src/flow/deploy.ts'
import type {
  ClientDocument,
  ProposedDocument,
  RetrievedDocument,
} from '../../src/flow/documents.ts'
import type { FlowEvent } from '../../src/flow/events.ts'
import { type LocalFilecoin, startLocalFilecoin } from '../../src/flow/local-filecoin.ts'
import { makeDeal } from '../../src/flow/make-deal.ts'
import { retrieveDeal, retrieveStored } from '../../src/flow/retrieve-deal.ts'
import { prepare } from '../../src/prepare/prepare.ts'
import type { StoredPiece } from '../../src/prepare/sink.ts'
import { pieceUrl } from '../../src/depot/piece-url.ts'
import type { ProviderEvent } from '../../src/provider/events.ts'
import { type Comparison, compareTrees } from './compare.ts'

type Proposal = ProposedDocument['proposals'][number]

/** Called once for each step, in this order; `event` at any time between. */
export interface Tell {
  starting(): void
  started(filecoin: LocalFilecoin, epoch: number): void
  deploying(): void
  deployed(client: ClientDocument, owner: string): void
  preparing(): void
  prepared(piece: StoredPiece): void
  proposing(): void
  /** `links` by provider, f0…: where its copy can be fetched. */
  stored(proposal: Proposal, links: ReadonlyMap<string, string>): void
  losing(): void
  lost(piece: StoredPiece): void
  retrieved(document: RetrievedDocument): void
  comparing(): void
  compared(comparison: Comparison): void
  event(event: FlowEvent | ProviderEvent): void
}

export interface LifeOptions {
  readonly hre: HardhatRuntimeEnvironment
  /** File or folder that is stored. */
  readonly input: string
  /** Everything that the run writes goes into a folder in it, which is gone at the end. */
  readonly folder: string
  readonly followSymlinks: boolean
  readonly signal: AbortSignal
  readonly tell: Tell
}

/** The facts of a run. Times in milliseconds. */
export interface DemoDocument {
  readonly version: 1
  readonly kind: 'demo'
  readonly network: string
  readonly input: string
  readonly client: ClientDocument
  readonly prepared: Omit<StoredPiece, 'path'>
  readonly proposal: Proposal
  readonly retrieved: Omit<RetrievedDocument, 'version' | 'kind' | 'path'>
  readonly compared: Comparison
  readonly timings: Readonly<Record<string, number>>
  /** Largest resident memory of the process. */
  readonly peakMemoryBytes: number
}

const REPLICAS = 2
/** Far more than 2 GiB take on a slow disk. */
const DEADLINE_MS = 600_000
const LOOK_MS = 200

/** @throws as the steps; PIECE_MISMATCH when what came back is not what went in */
export async function liveOnce(options: LifeOptions): Promise<DemoDocument> {
  const { tell, signal } = options
  await mkdir(options.folder, { recursive: true })
  const folder = await mkdtemp(join(options.folder, 'demo-'))
  const timings: Record<string, number> = {}
  const timed: Timed = async (name, work) => {
    const begin = performance.now()
    const result = await work()
    timings[name] = Math.round(performance.now() - begin)
    return result
  }
  const hopeless = new AbortController()
  try {
    tell.starting()
    const filecoin = await timed('start', () =>
      startLocalFilecoin({
        folder: join(folder, 'depot'),
        providers: REPLICAS,
        signal,
        onProviderEvent: (event) => {
          tell.event(event)
          if (event.type === 'refused' || event.type === 'failed') hopeless.abort(givenUp(event))
        },
      }),
    )
    try {
      const both = AbortSignal.any([signal, hopeless.signal])
      const facts = await live({ ...options, signal: both }, folder, filecoin, timed)
      const peakMemoryBytes = process.resourceUsage().maxRSS * 1024
      return { version: 1, kind: 'demo', network: 'localnet', ...facts, timings, peakMemoryBytes }
    } finally {
      await filecoin.stop()
    }
  } catch (error) {
    // Whatever was under way when it was ended, that is not the news.
    signal.throwIfAborted()
    hopeless.signal.throwIfAborted()
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** There are as many providers as replicas: without one of them the wait would be for ever. */
function givenUp(event: Extract<ProviderEvent, { type: 'refused' | 'failed' }>): StorageError {
  const what = `provider f0${event.provider} does not store it: ${event.reason}`
  if (event.type === 'failed') return new StorageError(event.code, { what })
  const hint = 'The local providers ask for what Boost asks for by default.'
  return new StorageError('TERM_INVALID', { what, hint })
}

type Timed = <T>(name: string, work: () => Promise<T>) => Promise<T>
type Facts = Omit<DemoDocument, 'version' | 'kind' | 'network' | 'timings' | 'peakMemoryBytes'>

async function live(
  { hre, input, followSymlinks, signal, tell }: LifeOptions,
  folder: string,
  filecoin: LocalFilecoin,
  timed: Timed,
): Promise<Facts> {
  const network = NETWORKS.localnet
  // Reads must see what was mined a moment ago.
  const provider = new BrowserProvider(filecoin.provider, undefined, { cacheTimeout: -1 })
  const signer = await provider.getSigner(filecoin.accounts[0])
  tell.started(filecoin, await provider.getBlockNumber())

  tell.deploying()
  const { client, owner } = await timed('deploy', () =>
    deployClient({
      network,
      artifact: (name) => readArtifact(hre, name),
      signer,
      folder: join(folder, 'deployments'),
      signal,
    }),
  )
  tell.deployed(client, owner)

  tell.preparing()
  const { pieces } = await timed('prepare', () =>
    prepare([input], filecoin.depot, {
      followSymlinks,
      signal,
      onProgress: ({ bytes, total, file }) =>
        tell.event({ type: 'prepare:progress', bytes, total, file }),
    }),
  )
  const [piece] = pieces
  if (piece === undefined || pieces.length > 1)
    throw new StorageError('PIECE_TOO_LARGE', {
      what: 'the demo shows one piece, and this input needs several',
      got: `${pieces.length} pieces`,
      hint: 'name a smaller file or folder',
    })
  tell.prepared(piece)

  tell.proposing()
  const context: FlowContext = {
    network,
    provider,
    client: openClient(client.address, signer, { signal, network: network.name }),
    depot: filecoin.depot,
    depotUrl: filecoin.depotUrl,
    signal,
    onEvent: tell.event,
  }
  const wishes = { replicas: REPLICAS, wait: 'active', deadlineMs: DEADLINE_MS } as const
  const { proposals } = await timed('store', () =>
    makeDeal({ cid: piece.pieceCid, ...wishes, everyMs: LOOK_MS }, context),
  )
  const [proposal] = proposals
  if (proposal === undefined) throw new StorageError('INTERNAL', { what: 'nothing was proposed' })
  const links = filecoin.providers.map(
    ({ id, url }) => [`f0${id}`, pieceUrl(url, piece.pieceCid)] as const,
  )
  tell.stored(proposal, new Map(links))

  const original = isCar(input)
    ? (await retrieveStored(piece.root, join(folder, 'before'), { depot: filecoin.depot, signal }))
        ?.path
    : input
  tell.losing()
  await filecoin.depot.remove(piece.pieceCidV2)
  tell.lost(piece)
  const target = join(folder, 'back')
  const document = await timed('retrieve', () => retrieveDeal(piece.root, target, context))
  tell.retrieved(document)

  tell.comparing()
  const compared = await timed('compare', () => compareTrees(original ?? input, document.path))
  tell.compared(compared)
  if (compared.different.length > 0)
    throw new StorageError('PIECE_MISMATCH', {
      what: 'what came back is not what went in',
      expected: 'identical files',
      got: compared.different.slice(0, 3).join(', '),
    })
  const { path: _path, ...prepared } = piece
  const { version: _version, kind: _kind, path: _target, ...retrieved } = document
  return { input, client, prepared, proposal, retrieved, compared }
}

/** A CAR is stored as it is, so what comes back is what is in it. */
function isCar(input: string): boolean {
  return input.toLowerCase().endsWith('.car') && statSync(input).isFile()
}
