import { expect } from 'chai'
import { StorageError } from '../../src/errors.ts'
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

function rig() {
  const seen: unknown[] = []
  const sink: PieceSink = {
    stage: () => Promise.reject(new Error('not used')),
    commit: () => Promise.reject(new Error('not used')),
  }
  const ports: PreparePorts = {
    root: '/home/user/project',
    openDepot: async (folder) => {
      seen.push(folder)
      return sink
    },
    prepare: async (inputs, into, { wrap, followSymlinks, onProgress } = {}) => {
      seen.push(inputs, into === sink, wrap, followSymlinks)
      onProgress?.({ bytes: 127, total: 127, file: 'a' })
      return PIECE_RECORD
    },
  }
  return { seen, ports }
}

const ARGS = { paths: ['some/folder', '/abs'], wrap: true, followSymlinks: false, json: true }

describe('tasks/prepare', () => {
  it('prints the prepared document', async () => {
    const { seen, ports } = rig()
    const { document, io } = await actJson((run) =>
      preparePaths({ ...ARGS, depot: undefined }, run, ports),
    )
    expect(document).to.deep.equal({
      version: 1,
      kind: 'prepared',
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
    ])
    expect(io.err()).to.equal('')
  })

  it('takes the depot from --depot, else from SEALIFT_DEPOT', async () => {
    const { seen, ports } = rig()
    const env = { SEALIFT_DEPOT: '/elsewhere' }
    await actJson((run) => preparePaths({ ...ARGS, depot: 'mine' }, run, ports), { env })
    await actJson((run) => preparePaths({ ...ARGS, depot: undefined }, run, ports), { env })
    expect([seen[0], seen[5]]).to.deep.equal(['/home/user/project/mine', '/elsewhere'])
  })

  it('tells a person the CIDs and the next command', async () => {
    const { ports } = rig()
    const io = await actPlain((run) => preparePaths({ ...ARGS, depot: undefined }, run, ports))
    for (const part of [ROOT, PIECE, PIECE_V2, '3 files', '127 B, padded 128 B']) {
      expect(io.out()).to.include(part)
    }
    expect(io.out()).to.include(`Next: npx hardhat make-deal --cid ${ROOT}\n`)
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
