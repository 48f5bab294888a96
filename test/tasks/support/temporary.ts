/** A folder for one test file, removed after it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function temporaryFolder(): () => string {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-tasks-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))
  return () => folder
}
