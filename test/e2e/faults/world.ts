/** One local Filecoin with two pocket providers and a prepared piece, for many stories. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrowserProvider } from 'ethers'
import type { FlowContext } from '../../../src/flow/context.ts'
import { type LocalFilecoin, startLocalFilecoin } from '../../../src/flow/local-filecoin.ts'
import { piecesOf } from '../../../src/flow/pieces.ts'

export interface World {
  readonly filecoin: LocalFilecoin
  /** Past the fake: what is so. */
  readonly truth: BrowserProvider
  /** Empty but for what stories write. */
  readonly folder: string
  readonly root: string
  /** What the piece holds, in a file of its own. */
  readonly content: string
  close(): Promise<void>
}

/** Seconds: long enough that a request falls between two, short enough for fifty stories. */
const EPOCH_SECONDS = 0.25
const CONTENT = 'what is stored through bad weather\n'

export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'sealift-faults-'))
  const filecoin = await startLocalFilecoin({
    folder: join(folder, 'depot'),
    epochSeconds: EPOCH_SECONDS,
  })
  const input = join(folder, 'weather.txt')
  await writeFile(input, CONTENT)
  const { depot } = filecoin
  const [piece] = await piecesOf({ inputs: [input] }, { depot } as FlowContext)
  if (piece === undefined) throw new Error('nothing was prepared')
  const truth = new BrowserProvider(filecoin.provider, undefined, { cacheTimeout: -1 })
  return {
    filecoin,
    truth,
    folder,
    root: piece.root,
    content: CONTENT,
    async close() {
      truth.destroy()
      await filecoin.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
