import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { StorageError } from '../../src/errors.ts'
import { fetchBack, type RetrievePorts } from '../../tasks/retrieve.ts'
import type { Receipt } from '../../src/receipt/schema.ts'
import { sample } from '../src/receipt/sample.ts'
import { actJson, actPlain } from './support/act.ts'
import { OTHER_PIECE, PIECE, ROOT } from './support/documents.ts'
import { temporaryFolder } from './support/temporary.ts'

const RESULT = {
  root: ROOT,
  pieceCid: PIECE,
  source: 'f01000',
  bytes: 2048,
  files: 2,
  path: '/home/user/project/out',
  verified: true,
} as const

const SEGMENT = { aggregate: OTHER_PIECE, rawOffset: 130_048, size: 8192 } as const

function rig() {
  const calls: string[][] = []
  const ports: RetrievePorts = {
    retrieveDeal: async (cid, target) => {
      calls.push(['deal', cid, target])
      return { version: 1, kind: 'retrieved', ...RESULT }
    },
    retrieveFrom: async (cid, target, url) => {
      calls.push(['from', cid, target, url])
      return RESULT
    },
    retrieveReceipt: async (receipt, target) => {
      calls.push(['receipt', (receipt as Receipt).digest, target])
      return { version: 1, kind: 'retrieved', ...RESULT, segment: SEGMENT }
    },
    retrieveReceiptFrom: async (receipt, target, url) => {
      calls.push(['receipt from', (receipt as Receipt).digest, target, url])
      return { ...RESULT, segment: SEGMENT }
    },
  }
  return { calls, ports }
}

const ARGS = {
  cid: ROOT,
  receipt: undefined,
  out: undefined,
  from: undefined,
  depot: undefined,
  contract: undefined,
  json: true,
}

describe('tasks/retrieve', () => {
  it('prints the retrieved document', async () => {
    const { calls, ports } = rig()
    const { document } = await actJson((run) => fetchBack({ ...ARGS, out: 'out' }, run, ports))
    expect(document).to.deep.equal({ version: 1, kind: 'retrieved', ...RESULT })
    expect(calls).to.deep.equal([['deal', ROOT, '/home/user/project/out']])
  })

  it('prints the same document for one server, and asks no chain', async () => {
    const { calls, ports } = rig()
    const from = 'http://sp.example:8080/'
    const { document } = await actJson((run) => fetchBack({ ...ARGS, from }, run, ports))
    expect(document).to.deep.equal({ version: 1, kind: 'retrieved', ...RESULT })
    expect(calls).to.deep.equal([
      ['from', ROOT, `/home/user/project/${ROOT}`, 'http://sp.example:8080'],
    ])
  })

  it('never lets what was typed as CID lead out of the current folder', async () => {
    const { calls, ports } = rig()
    await actJson((run) => fetchBack({ ...ARGS, cid: '../../etc/passwd' }, run, ports))
    expect(calls[0]?.[2]).to.equal('/home/user/project/passwd')
  })

  it('refuses a source that is no URL', async () => {
    for (const from of ['ftp://x', 'sp.example', '']) {
      const { document } = await actJson((run) => fetchBack({ ...ARGS, from }, run, rig().ports))
      expect(document).to.include({ code: 'ARGUMENT_INVALID' })
    }
  })

  it('tells a person where from and where to', async () => {
    const io = await actPlain((run) => fetchBack(ARGS, run, rig().ports))
    expect(io.out()).to.include('from      f01000\n')
    expect(io.out()).to.include('verified  2 files, 2.00 KiB\n')
  })

  it('passes on that the target exists', async () => {
    const ports: RetrievePorts = {
      ...rig().ports,
      retrieveDeal: async () => {
        throw new StorageError('TARGET_EXISTS', { what: 'out/a exists' })
      },
    }
    const { document, io } = await actJson((run) => fetchBack(ARGS, run, ports))
    expect(document).to.include({ code: 'TARGET_EXISTS' })
    expect(io.exitCode()).to.equal(1)
  })

  describe('with a receipt', () => {
    const folder = temporaryFolder()
    const receipt = sample(1)
    const args = { ...ARGS, cid: undefined, receipt: 'r.json' }
    before(() => writeFile(join(folder(), 'r.json'), JSON.stringify(receipt)))

    it('fetches the file of it, into a folder that is called by its root', async () => {
      const { calls, ports } = rig()
      const options = { cwd: folder() }
      const { document } = await actJson((run) => fetchBack(args, run, ports), options)
      expect(document).to.deep.include({ kind: 'retrieved', segment: SEGMENT })
      const from = 'http://sp.example'
      await actJson((run) => fetchBack({ ...args, from, out: 'x' }, run, ports), options)
      expect(calls).to.deep.equal([
        ['receipt', receipt.digest, join(folder(), String(receipt.file.root))],
        ['receipt from', receipt.digest, join(folder(), 'x'), from],
      ])
    })

    it('tells a person which bytes of what it were', async () => {
      const io = await actPlain((run) => fetchBack(args, run, rig().ports), { cwd: folder() })
      expect(io.out()).to.include(`out of    bytes 130,048 to 138,239 of ${OTHER_PIECE}\n`)
    })

    it('refuses a receipt that is not sound, one with a CID, and neither', async () => {
      const options = { cwd: folder() }
      const code = async (changes: object) =>
        (await actJson((run) => fetchBack({ ...args, ...changes }, run, rig().ports), options))
          .document['code']
      expect(await code({ cid: ROOT })).to.equal('ARGUMENT_INVALID')
      expect(await code({ receipt: undefined })).to.equal('ARGUMENT_INVALID')
      await writeFile(join(folder(), 'bad.json'), JSON.stringify({ ...receipt, version: 2 }))
      expect(await code({ receipt: 'bad.json' })).to.equal('RECEIPT_INVALID')
    })
  })
})
