/** The example of the README that stores 500 photos for the price of one deal: its commands, as they are written there. */
import { expect } from 'chai'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { random } from '../../support/random.ts'
import { commandsOf } from '../support/readme.ts'
import { openTerminal, type Terminal } from '../support/terminal.ts'

const PHOTOS = 500
const PHOTO_SIZE = 200 * 1024
/** Which one is fetched back. */
const WANTED = 7

describe('500 photos, one deal', function () {
  this.timeout(240_000)
  let terminal: Terminal
  before(async () => {
    terminal = await openTerminal()
    const folder = join(terminal.folder, 'photos')
    await mkdir(folder)
    for (let i = 0; i < PHOTOS; i++) await writeFile(join(folder, nameOf(i)), contentOf(i))
  })
  after(() => terminal.close())

  it('every command of the example does what it says', async () => {
    const { folder, run } = terminal
    // What the reader puts in, and where: paths of the example are relative.
    const names: Record<string, string> = {}
    for (const name of ['./photos', 'receipts', 'back']) names[name] = join(folder, name)
    const done = new Map<string, Record<string, unknown>>()
    for (const words of [['deploy'], ...(await commandsOf('photos'))]) {
      const [task = '', ...args] = words.map((word) => names[word] ?? word)
      const document = (await run(task, ...args)) as Record<string, unknown>
      done.set(task, document)
      if (task === 'aggregate') names['AGGREGATE'] = String(document['pieceCid'])
      if (task === 'receipt') names['RECEIPT'] = await receiptOf(join(folder, 'receipts'))
    }
    const { segments, pieceSize } = done.get('aggregate') as {
      segments: unknown[]
      pieceSize: number
    }
    expect(segments).to.have.length(PHOTOS)
    expect(pieceSize).to.equal(128 * 2 ** 20)
    const { proposals } = done.get('make-deal') as { proposals: { deals: { state: string }[] }[] }
    expect(proposals).to.have.length(1)
    expect(proposals[0]?.deals.map(({ state }) => state)).to.deep.equal(['active'])
    expect(done.get('verify-receipt')).to.include({ kind: 'verified-receipt' })
    // What the README says of one of them, but for provider and date.
    const { sentence } = done.get('verify-receipt') as { sentence: string }
    const words = (await readFile('README.md', 'utf8')).replaceAll(/\s+/g, ' ')
    expect(words).to.include(sentence.split(' at ')[0] ?? sentence)
    const { path } = done.get('retrieve') as { path: string }
    expect(path).to.equal(join(folder, 'back', nameOf(WANTED)))
    expect(Buffer.compare(await readFile(path), contentOf(WANTED))).to.equal(0)
  })
})

function nameOf(i: number): string {
  return `${String(i).padStart(3, '0')}.jpg`
}

function contentOf(i: number): Uint8Array {
  return random(PHOTO_SIZE, `photo ${i}`)
}

/** The receipt of the wanted photo among all. */
async function receiptOf(folder: string): Promise<string> {
  for (const file of await readdir(folder)) {
    const path = join(folder, file)
    const receipt = JSON.parse(await readFile(path, 'utf8')) as { file: { name: string } }
    if (receipt.file.name === nameOf(WANTED)) return path
  }
  throw new Error(`no receipt of ${nameOf(WANTED)}`)
}
