import { access, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { lockFolder } from '../../../src/journal/lock.ts'
import { type Self, thisProcess } from '../../../src/depot/leftovers.ts'
import { refused } from '../../support/refused.ts'

function as(self: Partial<Self>): Self {
  return { ...thisProcess(), ...self }
}

describe('journal/lock', () => {
  let folder = ''
  const path = () => join(folder, 'lock')
  const heldBy = (self: Partial<Self>) => {
    const { pid, host, table } = as(self)
    return writeFile(path(), JSON.stringify({ pid, host, table }))
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-lock-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('is one process’s until it is let go, in a folder that is made', async () => {
    const inner = join(folder, 'a', 'b')
    const unlock = await lockFolder(inner, 'keeper')
    const error = await refused('IN_USE', lockFolder(inner, 'keeper'))
    expect(error.message).to.include(`process ${process.pid}`)
    expect(error.message).to.match(/another keeper/)
    await refused('IN_USE', lockFolder(inner, 'keeper', as({ pid: 1, isAlive: () => true })))
    await unlock()
    await (
      await lockFolder(inner, 'keeper')
    )()
  })

  it('is taken over from a process that is gone, at once', async () => {
    await heldBy({ pid: 77 })
    await refused('IN_USE', lockFolder(folder, 'keeper', as({ isAlive: (pid) => pid === 77 })))
    const unlock = await lockFolder(folder, 'keeper', as({ isAlive: () => false }))
    expect(JSON.parse(await readFile(path(), 'utf8'))).to.include({ pid: process.pid })
    await unlock()
    expect(await access(path()).catch(() => 'gone')).to.equal('gone')
  })

  it('is taken over by one of many that find the same dead holder', async () => {
    for (let round = 0; round < 25; round += 1) {
      await heldBy({ pid: 77 })
      const takers = Array.from({ length: 8 }, (_, index) =>
        lockFolder(folder, 'keeper', as({ pid: 1000 + index, isAlive: (pid) => pid !== 77 })),
      )
      const took = (await Promise.allSettled(takers)).filter(({ status }) => status === 'fulfilled')
      expect(took).to.have.length(1)
      expect(await readdir(folder)).to.deep.equal(['lock'])
    }
  })

  it('that another took over meanwhile is not let go by the one that slept', async () => {
    const unlock = await lockFolder(folder, 'keeper')
    await heldBy({ pid: 78, host: 'elsewhere' })
    await unlock()
    expect(JSON.parse(await readFile(path(), 'utf8'))).to.include({ pid: 78 })
  })

  it('is taken over though an earlier take-over died half-way', async () => {
    await heldBy({ pid: 77 })
    await writeFile(`${path()}.taking`, '')
    await utimes(`${path()}.taking`, 1, 1)
    await (
      await lockFolder(folder, 'keeper', as({ isAlive: () => false }))
    )()
  })

  it('is taken over from an earlier process with our own number', async () => {
    await heldBy({})
    await refused('IN_USE', lockFolder(folder, 'keeper'))
    await utimes(path(), 1, 1)
    await (
      await lockFolder(folder, 'keeper')
    )()
  })

  for (const other of [{ host: 'elsewhere' }, { table: 'abc' }])
    it(`is taken over from ${JSON.stringify(other)} when it was not touched for a minute`, async () => {
      await heldBy(other)
      const gone = as({ isAlive: () => false })
      await refused('IN_USE', lockFolder(folder, 'keeper', gone))
      const before = new Date(Date.now() - 61_000)
      await utimes(path(), before, before)
      await (
        await lockFolder(folder, 'keeper', gone)
      )()
    })

  it('of a process that could not write it is taken over after a minute', async () => {
    await writeFile(path(), '')
    await refused('IN_USE', lockFolder(folder, 'keeper'))
    await utimes(path(), 1, 1)
    await (
      await lockFolder(folder, 'keeper')
    )()
  })
})
