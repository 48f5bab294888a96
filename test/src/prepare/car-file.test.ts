import * as disk from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { CarFile } from '../../../src/prepare/car-file.ts'
import { refused } from '../../support/refused.ts'

describe('prepare/car-file', () => {
  it('lets go of the file when it is interrupted before the first block', async function () {
    // Other systems do not tell which files are open.
    if (process.platform !== 'linux') return this.skip()
    const folder = await disk.mkdtemp(join(tmpdir(), 'car-file-'))
    const path = join(folder, 'staged')
    await disk.writeFile(path, '')
    const options = { maxPieceSize: 2 ** 20, signal: AbortSignal.abort() }
    await refused('ABORTED', CarFile.forBlocks(path, options))
    const open = await Promise.all(
      (await disk.readdir('/proc/self/fd')).map((fd) =>
        disk.readlink(`/proc/self/fd/${fd}`).catch(() => ''),
      ),
    )
    expect(open).to.not.include(path)
    await disk.rm(folder, { recursive: true })
  })
})
