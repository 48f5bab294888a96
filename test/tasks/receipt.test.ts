import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkReceipt } from '../../src/receipt/check.ts'
import type { Receipt } from '../../src/receipt/schema.ts'
import { issueReceipts } from '../../tasks/receipt.ts'
import { facts, ROOT, sample } from '../src/receipt/sample.ts'
import { actJson, actPlain } from './support/act.ts'
import { OTHER_ROOT } from './support/documents.ts'
import { temporaryFolder } from './support/temporary.ts'

const ARGS = { cid: ROOT, out: undefined, depot: undefined, contract: undefined }

const older = { ...facts().deal, dealId: 7n }
const ONE = [sample(1), sample(1, { deal: older })]
const MANY = [
  sample(1),
  sample(2),
  sample(3, { file: { name: 'b', root: OTHER_ROOT } }),
  sample(4, { file: { name: 'c', root: null } }),
]

const ports = (receipts: readonly Receipt[]) => ({
  receiptsFor: async () => ({ version: 1, kind: 'receipts', receipts }) as const,
})

describe('tasks/receipt', () => {
  const root = temporaryFolder()
  let count = 0
  let cwd: string
  beforeEach(async () => {
    cwd = join(root(), String(count++))
    await mkdir(cwd)
  })

  const issue = (receipts: readonly Receipt[], args: { out?: string } = {}) =>
    actPlain((run) => issueReceipts({ ...ARGS, ...args, json: false }, run, ports(receipts)), {
      cwd,
    })
  const read = async (path: string): Promise<unknown> =>
    JSON.parse(await readFile(join(cwd, path), 'utf8')) as unknown

  it('writes the receipt of the newest deal, sound when read back, and says what it says', async () => {
    const io = await issue(ONE)
    expect(await readdir(cwd)).to.deep.equal([`${ROOT}.json`])
    expect(checkReceipt(await read(`${ROOT}.json`)).receipt).to.deep.equal(ONE[0])
    expect(io.out()).to.include(`a.txt: ${ONE[0]?.sentence}\n`)
    expect(io.out()).to.include(`a.txt: ${ONE[1]?.sentence}\n`)
    expect(io.out()).to.include(`written to ${join(cwd, `${ROOT}.json`)}\n`)
  })

  it('writes to a file that is named, and all deals to a folder', async () => {
    await issue(ONE, { out: 'a/mine.json' })
    expect(await read('a/mine.json')).to.deep.equal(ONE[0])
    await issue(ONE, { out: 'b/' })
    expect((await readdir(join(cwd, 'b'))).toSorted()).to.deep.equal([
      `${ROOT}-7.json`,
      `${ROOT}.json`,
    ])
    await mkdir(join(cwd, 'c'))
    await issue(ONE, { out: 'c' })
    expect(await read(`c/${ROOT}-7.json`)).to.deep.equal(ONE[1])
  })

  it('writes one file for each of an aggregate, also where two have the same root', async () => {
    const io = await issue(MANY, { out: 'all' })
    const raw = MANY[3]?.piece.pieceCid
    expect((await readdir(join(cwd, 'all'))).toSorted()).to.deep.equal(
      [`${ROOT}.json`, `${ROOT}-123.json`, `${OTHER_ROOT}.json`, `${raw}.json`].toSorted(),
    )
    expect(io.out()).to.include('4 receipts written to')
  })

  it('wants a folder for several files', async () => {
    const io = await issue(MANY)
    expect(io.exitCode()).to.equal(1)
    expect(io.err()).to.include('ARGUMENT_INVALID').and.include('--out')
    expect(await readdir(cwd)).to.deep.equal([])
  })

  it('takes the place of an older receipt, and of nothing else', async () => {
    await issue([ONE[1] as Receipt])
    await issue(ONE)
    expect(await read(`${ROOT}.json`)).to.deep.equal(ONE[0])
    for (const other of ['{"kind": "prepared"}', 'text', 'null', '']) {
      await writeFile(join(cwd, `${ROOT}.json`), other)
      const io = await issue(ONE)
      expect(io.err()).to.include('TARGET_EXISTS')
      expect(await readFile(join(cwd, `${ROOT}.json`), 'utf8')).to.equal(other)
    }
  })

  it('prints all of them as one document, and writes nothing unless told to', async () => {
    const { document } = await actJson(
      (run) => issueReceipts({ ...ARGS, json: true }, run, ports(MANY)),
      { cwd },
    )
    expect(document).to.deep.equal({ version: 1, kind: 'receipts', receipts: MANY })
    expect(await readdir(cwd)).to.deep.equal([])
  })
})
