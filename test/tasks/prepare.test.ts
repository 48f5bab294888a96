import { expect } from 'chai'
import { StorageError } from '../../src/errors.ts'
import type { Manifest } from '../../src/prepare/manifest.ts'
import type { PieceSink, StoredPiece } from '../../src/prepare/sink.ts'
import { preparePaths, type PreparePorts } from '../../tasks/prepare.ts'
import { actJson, actPlain } from './support/act.ts'
import { PIECE, PIECE_V2, ROOT } from './support/documents.ts'

const PIECE_RECORD: StoredPiece = {
  name: 'folder',
  root: ROOT,
  pieceCid: PIECE,
  pieceCidV2: PIECE_V2,
  size: 127,
  pieceSize: 128,
  files: 3,
  path: '/depot/piece.car',
}

const unused = () => Promise.reject(new Error('not used'))

function rig() {
  const seen: unknown[] = []
  const sink: PieceSink = {
    stage: unused,
    commit: unused,
    finishedParts: unused,
    finishPart: unused,
    commitManifest: unused,
  }
  const ports: PreparePorts = {
    root: '/home/user/project',
    openDepot: async (folder) => {
      seen.push(folder)
      return sink
    },
    prepare: async (inputs, into, { wrap, followSymlinks, maxPieceSize, onProgress } = {}) => {
      seen.push(inputs, into === sink, wrap, followSymlinks, maxPieceSize)
      onProgress?.({ bytes: 127, total: 127, file: 'a' })
      return { name: 'folder', root: ROOT, size: 9, files: 3, pieces: [PIECE_RECORD] }
    },
  }
  return { seen, ports }
}

const ARGS = {
  paths: ['some/folder', '/abs'],
  wrap: true,
  followSymlinks: false,
  pieceSize: undefined,
  json: true,
}

describe('tasks/prepare', () => {
  it('prints the prepared document', async () => {
    const { seen, ports } = rig()
    const { document, io } = await actJson((run) =>
      preparePaths({ ...ARGS, depot: undefined }, run, ports),
    )
    expect(document).to.deep.equal({
      version: 1,
      kind: 'prepared',
      root: ROOT,
      manifest: null,
      pieces: [
        {
          name: 'folder',
          root: ROOT,
          pieceCid: PIECE,
          pieceCidV2: PIECE_V2,
          size: 127,
          pieceSize: 128,
          files: 3,
          path: '/depot/piece.car',
        },
      ],
    })
    expect(seen).to.deep.equal([
      '/home/user/project/.sealift/depot',
      ['/home/user/project/some/folder', '/abs'],
      true,
      true,
      false,
      undefined,
    ])
    expect(io.err()).to.equal('')
  })

  it('takes the depot from --depot, else from SEALIFT_DEPOT', async () => {
    const { seen, ports } = rig()
    const env = { SEALIFT_DEPOT: '/elsewhere' }
    await actJson((run) => preparePaths({ ...ARGS, depot: 'mine' }, run, ports), { env })
    await actJson((run) => preparePaths({ ...ARGS, depot: undefined }, run, ports), { env })
    expect([seen[0], seen[6]]).to.deep.equal(['/home/user/project/mine', '/elsewhere'])
  })

  it('tells a person the CIDs and the next command', async () => {
    const { ports } = rig()
    const io = await actPlain((run) => preparePaths({ ...ARGS, depot: undefined }, run, ports))
    for (const part of [ROOT, PIECE, PIECE_V2, '3 files', '127 B, padded 128 B']) {
      expect(io.out()).to.include(part)
    }
    expect(io.out()).to.include(`Next: npx hardhat make-deal --cid ${ROOT}\n`)
  })

  it('takes the largest piece from --piece-size, and refuses what is none', async () => {
    const sizes = ['32GiB', '512 MiB', '2048KiB', '4194304', '64GiB']
    for (const pieceSize of sizes) {
      const { seen, ports } = rig()
      const args = { ...ARGS, pieceSize, depot: undefined }
      await actJson((run) => preparePaths(args, run, ports))
      expect(seen[5], pieceSize).to.be.oneOf([2 ** 35, 2 ** 29, 2 ** 21, 2 ** 22, 2 ** 36])
    }
    for (const pieceSize of ['33GiB', '128GiB', '64', '1TiB', '-1', '', '1.5GiB', '32 gib']) {
      const { ports } = rig()
      const args = { ...ARGS, pieceSize, depot: undefined }
      const { document } = await actJson((run) => preparePaths(args, run, ports))
      expect(document, pieceSize).to.include({ kind: 'error', code: 'ARGUMENT_INVALID' })
    }
  })

  it('tells a person of several pieces, and what joins them', async () => {
    const { ports } = rig()
    const part = { root: ROOT, pieceCid: PIECE, pieceCidV2: PIECE_V2, size: 127, pieceSize: 128 }
    const parts = [0, 9].map((offset) => ({ ...part, files: 2, first: { path: 'a', offset } }))
    const about = { name: 'folder', root: ROOT, size: 18, files: 3 }
    const value: Manifest = { version: 1, kind: 'manifest', ...about, count: 2, parts }
    const several: PreparePorts = {
      ...ports,
      prepare: async () => ({
        ...about,
        pieces: [
          { ...PIECE_RECORD, name: 'folder, part 1' },
          { ...PIECE_RECORD, name: 'folder, part 2' },
        ],
        manifest: { path: '/depot/manifests/root.json', value },
      }),
    }
    const io = await actPlain((run) => preparePaths({ ...ARGS, depot: undefined }, run, several))
    for (const text of ['2 pieces', 'folder, part 1', 'folder, part 2', '3 files, 18 B'])
      expect(io.out()).to.include(text)
    expect(io.out()).to.include('/depot/manifests/root.json')
    expect(io.out()).to.include(`Next: npx hardhat make-deal --cid ${ROOT}\n`)
    const { document } = await actJson((run) =>
      preparePaths({ ...ARGS, depot: undefined }, run, several),
    )
    expect(document).to.include({ root: ROOT, manifest: '/depot/manifests/root.json' })
  })

  it('prints the error document when preparing fails', async () => {
    const { ports } = rig()
    const failing: PreparePorts = {
      ...ports,
      prepare: async () => {
        throw new StorageError('SYMLINK_REFUSED', { what: 'a/link is a symbolic link' })
      },
    }
    const { document, io } = await actJson((run) =>
      preparePaths({ ...ARGS, depot: undefined }, run, failing),
    )
    expect(document).to.include({ kind: 'error', code: 'SYMLINK_REFUSED' })
    expect(io.exitCode()).to.equal(1)
  })
})
