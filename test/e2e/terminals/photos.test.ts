/** The example of the README that stores 500 photos for the price of one deal: its commands, as they are written there. */
import { expect } from 'chai'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { random } from '../../support/random.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const HARDHAT = join(ROOT, 'node_modules', 'hardhat', 'dist', 'src', 'cli.js')
const PHOTOS = 500
const PHOTO_SIZE = 200 * 1024

interface Localnet {
  readonly url: string
  readonly depot: { readonly url: string }
}

describe('500 photos, one deal', function () {
  this.timeout(240_000)
  let folder = ''
  let env: NodeJS.ProcessEnv = {}
  let localnet: ChildProcess
  let commands: string[][] = []

  before(async () => {
    commands = await commandsOf('photos')
    folder = await mkdtemp(join(tmpdir(), 'sealift-photos-'))
    await mkdir(join(folder, 'photos'))
    for (let i = 0; i < PHOTOS; i++)
      await writeFile(join(folder, 'photos', nameOf(i)), random(PHOTO_SIZE, `photo ${i}`))
    env = {
      ...process.env,
      SEALIFT_DEPOT: join(folder, 'depot'),
      SEALIFT_DEPLOYMENTS: join(folder, 'deployments'),
    }
    const args = [HARDHAT, 'localnet', '--port', '0', '--depot-port', '0', '--json']
    localnet = spawn(process.execPath, args, {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const { url, depot } = JSON.parse(await firstLine(localnet)) as Localnet
    env = { ...env, SEALIFT_LOCALNET_URL: url, SEALIFT_DEPOT_URL: depot.url }
  })
  after(async () => {
    if (localnet.exitCode === null) localnet.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  it('every command of the example does what it says', async () => {
    const names: Record<string, string> = { './photos': join(folder, 'photos') }
    for (const name of ['receipts', 'back']) names[name] = join(folder, name)
    const done = new Map<string, Record<string, unknown>>()
    for (const words of [['deploy', '--network', 'localnet'], ...commands]) {
      const [task = '', ...args] = words.map((word) => replaced(word, names))
      const all = [HARDHAT, task, ...args, '--json']
      const { stdout } = await promisify(execFile)(process.execPath, all, {
        cwd: ROOT,
        env,
        maxBuffer: 2 ** 26,
      })
      const document = JSON.parse(stdout) as Record<string, unknown>
      done.set(task, document)
      if (task === 'aggregate') names['AGGREGATE'] = String(document['pieceCid'])
      if (task === 'receipt')
        names['RECEIPT'] = (await receiptOf(names['receipts'], nameOf(7))) ?? ''
    }
    const aggregate = done.get('aggregate') as { segments: unknown[]; pieceSize: number }
    expect(aggregate.segments).to.have.length(PHOTOS)
    expect(aggregate.pieceSize).to.equal(128 * 2 ** 20)
    const { proposals } = done.get('make-deal') as { proposals: { deals: { state: string }[] }[] }
    expect(proposals).to.have.length(1)
    expect(proposals[0]?.deals.map(({ state }) => state)).to.deep.equal(['active'])
    expect(done.get('verify-receipt')).to.include({ kind: 'verified-receipt' })
    const { path } = done.get('retrieve') as { path: string }
    expect(path).to.equal(join(folder, 'back', nameOf(7)))
    const photo = await readFile(path)
    expect(Buffer.compare(photo, random(PHOTO_SIZE, 'photo 7'))).to.equal(0)
  })
})

/** The commands between the markers of the README, without `npx hardhat` and remarks. */
async function commandsOf(place: string): Promise<string[][]> {
  const page = await readFile(join(ROOT, 'README.md'), 'utf8')
  const [, block = ''] = page.split(`<!-- ${place}:begin -->`)
  const [lines = ''] = block.split(`<!-- ${place}:end -->`)
  const commands = lines
    .split('\n')
    .filter((line) => line.startsWith('npx hardhat '))
    .map((line) => (line.split('#')[0] ?? '').trim().split(/\s+/).slice(2))
  expect(commands, `commands of ${place}`).to.have.length.above(0)
  return commands
}

function replaced(word: string, names: Readonly<Record<string, string>>): string {
  const name = Object.keys(names).find((one) => word === one || word.startsWith(`${one}/`))
  return name === undefined ? word : word.replace(name, names[name] ?? '')
}

function nameOf(i: number): string {
  return `${String(i).padStart(3, '0')}.jpg`
}

/** The receipt of one photo among all. */
async function receiptOf(folder = '', name: string): Promise<string | undefined> {
  for (const file of await readdir(folder)) {
    const path = join(folder, file)
    const receipt = JSON.parse(await readFile(path, 'utf8')) as { file: { name: string } }
    if (receipt.file.name === name) return path
  }
  return undefined
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no output')
  for await (const line of createInterface({ input: stdout })) return line
  throw new Error('the command printed nothing')
}
