import { expect } from 'chai'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDepot } from '../../src/depot/fs-store.ts'
import { startDepotServer } from '../../src/depot/server.ts'
import { StorageError } from '../../src/errors.ts'
import { prepareOne } from '../support/prepare-one.ts'
import { type DepotPorts, serveDepot } from '../../tasks/depot.ts'
import type { Run } from '../../tasks/run.ts'
import { runTask } from '../../tasks/run.ts'
import { actJson } from './support/act.ts'
import { fakeIo } from './support/fake-io.ts'
import { temporaryFolder } from './support/temporary.ts'

describe('tasks/depot', () => {
  const folder = temporaryFolder()
  const args = { depot: 'depot', host: '127.0.0.1', port: '0', json: true }
  const ports = (): DepotPorts => ({ root: folder(), openDepot, startDepotServer })

  it('prints its URL first, serves what is added later, and ends on Ctrl-C', async () => {
    const io = fakeIo({ cwd: folder() })
    const path = join(folder(), 'hello.txt')
    await writeFile(path, 'hello, provider')
    const act = async (run: Run) => {
      const outcome = await serveDepot(args, run, ports())
      return {
        ...outcome,
        serve: async () => {
          // Another process prepares while this one serves.
          const piece = await prepareOne([path], await openDepot(join(folder(), 'depot')))
          const { url } = JSON.parse(io.out()) as { url: string }
          const response = await fetch(`${url}/piece/${piece.pieceCid}`)
          expect(response.status).to.equal(200)
          expect((await response.arrayBuffer()).byteLength).to.equal(piece.size)
          io.interrupt()
          await outcome.serve?.()
          await fetch(url).then(
            () => expect.fail('the port is still open'),
            () => undefined,
          )
        },
      }
    }
    await runTask({ json: true, verbose: false }, act, io)
    const document = JSON.parse(io.out()) as Record<string, unknown>
    expect(document).to.have.all.keys('version', 'kind', 'url', 'folder', 'pieces')
    expect(document).to.include({ version: 1, kind: 'serving', pieces: 0 })
    expect(document['folder']).to.equal(join(folder(), 'depot'))
    expect(document['url']).to.match(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(io.exitCode()).to.equal(0)
  })

  it('refuses a port that is none', async () => {
    for (const port of ['65536', '-1', 'http', '80.5']) {
      const { document } = await actJson((run) => serveDepot({ ...args, port }, run, ports()), {
        cwd: folder(),
      })
      expect(document).to.include({ code: 'ARGUMENT_INVALID' })
    }
  })

  it('passes on that the port is in use', async () => {
    const taken: DepotPorts = {
      ...ports(),
      startDepotServer: async () => {
        throw new StorageError('PORT_IN_USE', { what: 'port 3300 is taken' })
      },
    }
    const { document, io } = await actJson((run) => serveDepot(args, run, taken), { cwd: folder() })
    expect(document).to.include({ code: 'PORT_IN_USE' })
    expect(io.exitCode()).to.equal(1)
  })
})
