import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect } from 'chai'
import type { ErrorCode } from '../../../src/errors.ts'
import { pieceCidV1 } from '../../../src/piece/piece-cid.ts'
import { prepare } from '../../../src/prepare/prepare.ts'
import type { Receipt } from '../../../src/receipt/schema.ts'
import type { RetrieveOptions } from '../../../src/retrieve/retrieve.ts'
import { retrieveSegment } from '../../../src/retrieve/segment.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'
import { FolderSink, Scratch } from '../prepare/folder-sink.ts'
import { aggregateOf, bytesOf, sample } from '../receipt/sample.ts'
import { Web } from './web.ts'

const RAW = random(70_000, 'a piece that is no CAR')
/** Raw bytes: 17 MiB of padding in front, so that what follows is far from the start. */
const LARGE = 2 ** 25

function lastByteFlipped(part: Buffer): Buffer {
  return part.fill((part.at(-1) ?? 0) ^ 1, part.length - 1)
}

describe('retrieveSegment', () => {
  let scratch: Scratch
  let web: Web
  let receipts: Receipt[]
  let bytes: Uint8Array
  let path: string
  let ranges: string[]
  let sent: number

  beforeEach(async () => {
    scratch = new Scratch()
    web = await Web.open()
    scratch.file('in/a.txt', 'hello')
    scratch.file('in/b/c.bin', Buffer.from(random(150_000, 'c')))
    scratch.file('b.bin', Buffer.from(random(300_000, 'b')))
    const sink = new FolderSink(scratch.at('sink'))
    const { pieces: folder } = await prepare([scratch.at('in')], sink)
    const { pieces: file } = await prepare([scratch.at('b.bin')], sink)
    const stored = [...folder, ...file]
    const contents = [...stored.map((piece) => readFileSync(piece.path)), RAW]
    build(contents, [
      ...stored.map(({ name, root }) => ({ name, root })),
      { name: 'raw', root: null },
    ])
  })
  afterEach(async () => {
    await web.close()
    scratch.remove()
  })

  function build(contents: Uint8Array[], names: Receipt['file'][], pieceSize = 2 ** 21): void {
    const aggregate = aggregateOf(contents, pieceSize)
    bytes = bytesOf(aggregate, contents)
    receipts = names.map((file, index) => sample(index, { aggregate, file }))
    path = `/piece/${pieceCidV1(aggregate)}`
    ranges = []
    sent = 0
    web.answers.set(path, ranged())
  }

  /** Answers the Range, counts what it sends; `spoil` may change it. */
  function ranged(spoil: (part: Buffer) => Uint8Array = (part) => part) {
    return (request: IncomingMessage, response: ServerResponse) => {
      const { range = '' } = request.headers
      ranges.push(range)
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? []
      const part = spoil(Buffer.from(bytes.subarray(Number(first), Number(last) + 1)))
      sent += part.length
      response.writeHead(206, { 'content-range': `bytes ${first}-${last}/${bytes.length}` })
      response.end(part)
    }
  }

  const whole = (request: IncomingMessage, response: ServerResponse) => {
    ranges.push(request.headers.range ?? '')
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
  }

  const receiptAt = (index: number) => receipts[index] as Receipt
  const source = (name = 'f01234') => ({ name, url: web.url })
  const fetchTo = (index: number, options: RetrieveOptions = {}) =>
    retrieveSegment(receiptAt(index), [source()], scratch.at('out'), options)

  async function refusedCleanly(code: ErrorCode, index: number, options: RetrieveOptions = {}) {
    const before = readdirSync(scratch.path, { recursive: true })
    const error = await refused(code, fetchTo(index, options))
    expect(readdirSync(scratch.path, { recursive: true })).to.have.members(before)
    return error
  }

  it('gives a folder, a file and a raw piece back, by one request for exactly their bytes', async () => {
    const expected = [
      { files: 2, path: scratch.at('out') },
      { files: 1, path: join(scratch.at('out'), 'b.bin') },
      { files: 1, path: join(scratch.at('out'), 'raw') },
    ]
    for (const [index, receipt] of receipts.entries()) {
      const { piece, segment, aggregate, file } = receipt
      const retrieved = await fetchTo(index)
      expect(retrieved).to.deep.include({
        ...expected[index],
        root: file.root ?? '',
        pieceCid: piece.pieceCid,
        source: 'f01234',
        verified: true,
        segment: { aggregate: aggregate.pieceCid, rawOffset: segment.rawOffset, size: piece.size },
      })
      expect(ranges.at(-1)).to.equal(
        `bytes=${segment.rawOffset}-${segment.rawOffset + piece.size - 1}`,
      )
    }
    expect(sent).to.equal(receipts.reduce((sum, { piece }) => sum + piece.size, 0))
    expect(ranges).to.have.length(3)
    expect(readFileSync(scratch.at('out/a.txt'), 'utf8')).to.equal('hello')
    const same = (a: string, b: Uint8Array) =>
      expect(Buffer.compare(readFileSync(scratch.at(a)), b)).to.equal(0)
    same('out/b/c.bin', random(150_000, 'c'))
    same('out/b.bin', random(300_000, 'b'))
    same('out/raw', RAW)
  })

  it('tells how far it is', async () => {
    const seen: number[] = []
    const { size } = receiptAt(1).piece
    await fetchTo(1, {
      onProgress: ({ bytes: received, total, source: name }) => {
        expect([total, name]).to.deep.equal([size, 'f01234'])
        seen.push(received)
      },
    })
    expect(seen.at(-1)).to.equal(size)
  })

  it('refuses a receipt that was altered before it asks anybody', async () => {
    const altered = { ...receiptAt(0), segment: { ...receiptAt(0).segment, rawOffset: 127 } }
    await refused('RECEIPT_INVALID', retrieveSegment(altered, [source()], scratch.at('out')))
    const named = sample(0, { file: { name: '../up', root: null } })
    await refused('TARGET_UNSAFE', retrieveSegment(named, [source()], scratch.at('out')))
    await refused('ARGUMENT_INVALID', retrieveSegment(receiptAt(0), [], scratch.at('out')))
    expect(web.asked).to.deep.equal([])
  })

  it('asks the next source after one that lies, and leaves nothing of the lie', async () => {
    const liar = await Web.open()
    liar.answers.set(path, ranged(lastByteFlipped))
    for (const index of receipts.keys()) {
      const sources = [{ name: 'liar', url: liar.url }, source('honest')]
      const { source: from } = await retrieveSegment(
        receiptAt(index),
        sources,
        scratch.at(`out${index}`),
      )
      expect(from).to.equal('honest')
    }
    await liar.close()
  })

  it('takes no bytes with another commitment', async () => {
    web.answers.set(path, ranged(lastByteFlipped))
    await refusedCleanly('BLOCK_MISMATCH', 1)
    const error = await refusedCleanly('PIECE_MISMATCH', 2)
    expect(error.message).to.include(receiptAt(2).piece.pieceCid)
  })

  it('takes neither fewer nor more bytes, nor those of another range', async () => {
    web.answers.set(
      path,
      ranged((part) => part.subarray(1)),
    )
    await refusedCleanly('FETCH_FAILED', 2)
    web.answers.set(
      path,
      ranged((part) => Buffer.concat([part, Buffer.alloc(1)])),
    )
    await refusedCleanly('FETCH_FAILED', 2)
    for (const range of ['bytes 0-69999/1040384', 'bytes */1040384', '', undefined]) {
      web.answers.set(path, (_request, response) => {
        response.writeHead(206, range === undefined ? {} : { 'content-range': range }).end(RAW)
      })
      const error = await refusedCleanly('FETCH_FAILED', 2)
      expect(error.message).to.include('another range')
    }
  })

  it('reads a server without ranges as far as needed, and not to its end', async () => {
    let written = 0
    const endless = (_request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(200)
      const send = (): void => {
        if (response.destroyed) return
        const part = written < bytes.length ? bytes.subarray(written, written + 65_536) : RAW
        written += part.length
        if (response.write(part)) setImmediate(send)
        else response.once('drain', send)
      }
      send()
    }
    web.answers.set(path, endless)
    const retrieved = await fetchTo(2)
    expect(retrieved.bytes).to.equal(RAW.length)
    const { rawOffset } = receiptAt(2).segment
    // What lies in the buffers of two sockets, and no more.
    expect(written).to.be.lessThan(rawOffset + RAW.length + 16 * 2 ** 20)
    expect(Buffer.compare(readFileSync(scratch.at('out/raw')), RAW)).to.equal(0)
  })

  it('refuses a server without ranges when too much lies in front', async () => {
    const front = new Uint8Array(17 * 2 ** 20).fill(1)
    build(
      [front, RAW],
      [
        { name: 'front', root: null },
        { name: 'raw', root: null },
      ],
      2 * LARGE,
    )
    web.answers.set(path, whole)
    const error = await refusedCleanly('FETCH_FAILED', 1)
    expect(error.message).to.include('knows no ranges')
    web.answers.set(path, ranged())
    expect((await fetchTo(1)).bytes).to.equal(RAW.length)
  })

  it('ends at its deadline, when it is interrupted, and after silence', async () => {
    web.answers.set(path, (_request, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-1/2' })
      response.flushHeaders()
    })
    await refusedCleanly('FETCH_FAILED', 2, { stallMs: 20 })
    web.answers.set(path, () => undefined)
    await refusedCleanly('DEADLINE', 2, { deadlineMs: 20 })
    await refusedCleanly('ABORTED', 2, { signal: AbortSignal.timeout(20) })
  })

  it('says that no source has it, and that the target is taken', async () => {
    web.answers.delete(path)
    await refusedCleanly('CID_NOT_FOUND', 0)
    web.answers.set(path, ranged())
    scratch.file('out/raw', 'mine')
    await refusedCleanly('TARGET_EXISTS', 2)
  })
})
