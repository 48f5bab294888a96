import {
  appendFile,
  type FileHandle,
  mkdtemp,
  open,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openJournal } from '../../../src/journal/journal.ts'
import { refused } from '../../support/refused.ts'

type Entry = { readonly kind: string; readonly at: number }

const FIRST: Entry = { kind: 'first', at: 1 }
const SECOND: Entry = { kind: 'ü', at: 2 }

describe('openJournal', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealift-journal-'))
    path = join(folder, 'deep', 'journal.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function write(...entries: Entry[]): Promise<void> {
    const { journal } = await openJournal<Entry>(path)
    await Promise.all(entries.map((entry) => journal.append(entry)))
    await journal.close()
  }

  async function read(): Promise<Entry[]> {
    const { journal, entries } = await openJournal<Entry>(path)
    await journal.close()
    return entries
  }

  it('starts empty', async () => expect(await read()).to.deep.equal([]))

  it('gives back what was appended, in order', async () => {
    await write(FIRST)
    await write(SECOND, FIRST)
    expect(await read()).to.deep.equal([FIRST, SECOND, FIRST])
  })

  it('drops a last line that was cut off, and goes on behind the one before', async () => {
    await write(FIRST, SECOND)
    const whole = await readFile(path)
    for (let length = whole.length - 1; length > 0; length--) {
      await writeFile(path, whole.subarray(0, length))
      const kept = (await read()).length
      expect(kept).to.equal(whole.subarray(0, length).toString().split('\n').length - 1)
      await write(SECOND)
      expect((await read()).length).to.equal(kept + 1)
    }
  })

  it('goes on when a full disk, which cut a line off, has space again', async () => {
    await write(FIRST)
    const { journal } = await openJournal<Entry>(path)
    const restore = await fillDisk()
    try {
      await refused('DEPOT_FULL', journal.append(SECOND))
      await refused('DEPOT_FULL', journal.append(SECOND))
    } finally {
      restore()
    }
    await journal.append(FIRST)
    await journal.close()
    expect(await read()).to.deep.equal([FIRST, FIRST])
  })

  it('refuses a line that is not its own', async () => {
    await write(FIRST)
    await appendFile(path, 'not json\n')
    await write(SECOND).catch(() => undefined)
    const error = await refused('DEPOT_CORRUPT', read())
    expect(error.message).to.include('journal.jsonl:2')
  })

  it('refuses a folder where the file should be', async () => {
    await write(FIRST)
    await refused('DEPOT_READ_ONLY', openJournal(join(path, 'x')))
  })
})

/** From now on each line is written by half; the result ends that. */
async function fillDisk(): Promise<() => void> {
  await using any = await open(import.meta.filename)
  const handles = Object.getPrototypeOf(any) as {
    write(bytes: Uint8Array, offset?: number, length?: number): Promise<unknown>
  }
  const { write: whole } = handles
  Object.assign(handles, {
    async write(this: FileHandle, bytes: Uint8Array, offset = 0) {
      await whole.call(this, bytes, offset, Math.floor((bytes.length - offset) / 2))
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    },
  })
  return () => {
    Object.assign(handles, { write: whole })
  }
}
