import { expect } from 'chai'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import vectors from '../vectors/known-piece-cids.json' with { type: 'json' }
import { pieceCidOf } from '../../tasks/piece-cid.ts'
import { actJson } from './support/act.ts'
import { temporaryFolder } from './support/temporary.ts'

describe('tasks/piece-cid', () => {
  const folder = temporaryFolder()
  const hash = (file: string) =>
    actJson((run) => pieceCidOf({ file, json: true }, run), { cwd: folder() })

  const group = vectors.groups.find(({ id }) => id === 'lotus-0xcc')
  for (const { name, size, paddedSize, pieceCidV1, pieceCidV2 } of group?.cases.slice(0, 3) ?? []) {
    it(`prints the commitment that Lotus computes: ${name}`, async () => {
      await writeFile(join(folder(), name), Buffer.alloc(size, 0xcc))
      const { document } = await hash(name)
      expect(document).to.deep.equal({
        version: 1,
        kind: 'piece-cid',
        size,
        pieceSize: paddedSize,
        pieceCid: pieceCidV1,
        pieceCidV2,
      })
    })
  }

  it('takes an empty file', async () => {
    await writeFile(join(folder(), 'empty'), '')
    expect((await hash('empty')).document).to.include({ size: 0, pieceSize: 128 })
  })

  it('refuses a file that does not exist', async () => {
    const { document, io } = await hash('missing')
    expect(document).to.include({ code: 'INPUT_NOT_FOUND' })
    expect(document['message']).to.equal(`${join(folder(), 'missing')} does not exist`)
    expect(io.exitCode()).to.equal(1)
  })

  it('refuses a folder and names the command for it', async () => {
    const { document } = await hash('.')
    expect(document).to.include({
      code: 'INPUT_UNSUPPORTED',
      next: `npx hardhat prepare ${folder()}`,
    })
  })

  it('refuses a file that may not be read', async function () {
    if (process.getuid?.() === 0) this.skip() // root reads everything
    await writeFile(join(folder(), 'secret'), 'x')
    await chmod(join(folder(), 'secret'), 0)
    expect((await hash('secret')).document).to.include({ code: 'INPUT_UNREADABLE' })
  })
})
