import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { type LocalFilecoinOptions, startLocalFilecoin } from '../../../src/flow/local-filecoin.ts'
import { refused } from '../../support/refused.ts'

const LIMBO = '00000000-0000-4000-8000-000000000000'

describe('startLocalFilecoin', () => {
  let folder: string
  let taken: Server

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-local-'))
    taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    await new Promise((resolve) => taken.close(resolve))
    await rm(folder, { recursive: true })
  })

  function start(more: Partial<LocalFilecoinOptions> = {}) {
    return startLocalFilecoin({ folder: join(folder, 'depot'), providers: 0, ...more })
  }

  function takenPort(): number {
    return (taken.address() as AddressInfo).port
  }

  it('serves and stops, and what providers stored is gone', async () => {
    const { depotUrl, url, stop } = await start({ port: 0 })
    expect((await fetch(`${depotUrl}/healthz`)).status).to.equal(200)
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await readdir(join(folder, 'providers'))).to.have.length(1)
    await stop()
    await stop()
    expect(await readdir(join(folder, 'providers'))).to.deep.equal([])
    expect(await fetch(depotUrl).catch(() => 'gone')).to.equal('gone')
  })

  it('says PORT_IN_USE, and leaves nothing running', async () => {
    await refused('PORT_IN_USE', start({ depotPort: takenPort() }))
    const depotPort = await freePort()
    await refused('PORT_IN_USE', start({ depotPort, port: takenPort() }))
    const again = await start({ depotPort, port: 0 })
    await again.stop()
  })

  it('says ARGUMENT_INVALID for a host that is not this machine', async () => {
    await refused('ARGUMENT_INVALID', start({ host: '192.0.2.1', port: 0 }))
  })

  it('says ABORTED when it is told to stop while it starts', async () => {
    await refused('ABORTED', start({ providers: 1, signal: AbortSignal.abort() }))
    expect(await readdir(join(folder, 'providers'))).to.deep.equal([])
  })

  it('says DEPOT_READ_ONLY when there is no place for what providers store', async () => {
    await writeFile(join(folder, 'providers'), 'in the way')
    await refused('DEPOT_READ_ONLY', start())
  })

  it('removes what a killed one left behind, and nothing of one that lives', async () => {
    const dead = spawnSync(process.execPath, ['--version']).pid
    const host = hostname().replaceAll(/[^A-Za-z0-9.]/g, '_')
    const living = `${process.ppid}-${host}-${LIMBO}.part`
    const left = [`${dead}-${host}-${LIMBO}.part`, living]
    const longAgo = new Date(Date.now() - 48 * 3_600_000)
    for (const name of left) {
      await mkdir(join(folder, 'providers', name, 'f01000'), { recursive: true })
      await utimes(join(folder, 'providers', name), longAgo, longAgo)
    }
    const { stop } = await start()
    await stop()
    expect(await readdir(join(folder, 'providers'))).to.deep.equal([living])
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
