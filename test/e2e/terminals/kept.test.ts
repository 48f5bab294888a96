/** The example of the README that keeps a folder: its commands, as they are written there. */
import { expect } from 'chai'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { random } from '../../support/random.ts'
import { commandsOf } from '../support/readme.ts'
import { openTerminal, type Terminal } from '../support/terminal.ts'

const FIL = 10n ** 18n

interface Stored {
  readonly purse: { readonly free: string }
  readonly stores: readonly {
    readonly id: number
    readonly active: number
    readonly reason: string
    readonly runway: number
  }[]
}

describe('a folder that is kept', function () {
  this.timeout(240_000)
  let terminal: Terminal
  before(async () => {
    terminal = await openTerminal()
    const folder = join(terminal.folder, 'archive')
    await mkdir(folder)
    for (const name of ['a', 'b']) await writeFile(join(folder, name), random(50_000, name))
  })
  after(() => terminal.close())

  it('every command of the example does what it says', async () => {
    const done = new Map<string, unknown>()
    for (const [task = '', ...words] of await commandsOf('kept')) {
      const args = words.map((word) =>
        word === './archive' ? join(terminal.folder, 'archive') : word,
      )
      done.set(task, await terminal.run(task, ...args))
    }
    expect(done.get('deploy')).to.have.property('perpetual')
    const stored = done.get('store') as Stored
    const [store] = stored.stores
    expect(store).to.include({ id: 1, active: 2, reason: 'healthy' })
    // A year of two small copies costs next to nothing: what is left pays renewals for decades.
    expect(BigInt(stored.purse.free) > (FIL * 99n) / 100n).to.equal(true)
    const stores = done.get('stores') as Stored
    expect(stores.stores.map(({ id, active }) => [id, active])).to.deep.equal([[1, 2]])
    const topped = done.get('top-up') as { purse: Stored['purse']; store: Stored['stores'][number] }
    expect(BigInt(topped.purse.free)).to.equal(BigInt(stored.purse.free) + 5n * FIL)
    expect(topped.store.runway).to.be.greaterThan(store?.runway ?? 0)
  })
})
