import { fork } from 'node:child_process'
import { once } from 'node:events'
import * as disk from 'node:fs/promises'
import http from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { pieceUrl } from '../../../src/depot/piece-url.ts'
import type { ServedRequest } from '../../../src/depot/http-log.ts'
import {
  type DepotServer,
  type DepotServerOptions,
  startDepotServer,
} from '../../../src/depot/server.ts'
import { isStorageError } from '../../../src/errors.ts'
import type { Depot } from '../../../src/depot/depot.ts'
import type { Manifest } from '../../../src/prepare/manifest.ts'
import { refused } from '../../support/refused.ts'
import {
  car,
  errno,
  type Fixture,
  random,
  raw,
  stream,
  temporaryFolders,
  watchedFiles,
} from './support/fixture.ts'

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

/** Asks for exactly this path, on a connection of its own. */
async function ask(
  server: DepotServer,
  path: string,
  headers: http.OutgoingHttpHeaders = {},
  method = 'GET',
): Promise<Answer> {
  const { port } = server
  const request = http.request({ port, path, method, headers, agent: false }).end()
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  const body = await buffer(response)
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

/** Sends text as it is and returns all that comes back until the server hangs up. */
async function say(server: DepotServer, words: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(words)
  return text(socket)
}

function errorOf({ body, headers }: Answer): string {
  expect(headers['content-type']).to.equal('application/json; charset=utf-8')
  expect(headers['cache-control']).to.equal('no-store')
  expect(headers).to.not.have.property('etag')
  const { version, kind, code, message } = JSON.parse(body.toString()) as Record<string, unknown>
  expect({ version, kind }).to.deep.equal({ version: 1, kind: 'error' })
  expect(message).to.be.a('string')
  return String(code)
}

async function eventually(holds: () => boolean, timeoutMs = 3000): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!holds() && Date.now() < end) await sleep(5)
  expect(holds()).to.equal(true)
}

const pathOf = ({ v2 }: Fixture): string => `/piece/${v2}`

describe('depot/server', function () {
  this.timeout(20_000)
  const temporary = temporaryFolders()
  const servers: DepotServer[] = []
  let depot: Depot
  let open: () => number
  let letter: Fixture
  let server: DepotServer
  let events: ServedRequest[]

  async function serve(of: Depot, options: DepotServerOptions = {}): Promise<DepotServer> {
    const started = await startDepotServer(of, options)
    servers.push(started)
    return started
  }

  beforeEach(async () => {
    const watched = watchedFiles()
    open = watched.open
    depot = await openDepot(await temporary(), watched.files)
    letter = await car(random(300_000))
    await depot.put(stream(letter.bytes), {}, { name: 'secret "name"\r\n.txt' })
    events = []
    server = await serve(depot, { logger: (event) => events.push(event) })
  })

  afterEach(async () => {
    for (const each of servers.splice(0)) await each.close()
    expect(open()).to.equal(0)
  })

  describe('a piece', () => {
    it('is served by v1, v2 and root, with and without .car', async () => {
      const { v1, v2, root } = letter
      for (const path of [
        `/piece/${v1}`,
        `/piece/${v2}`,
        `/piece/${v1}.car`,
        `/piece/${v2}.car`,
        `/ipfs/${root}`,
        `/ipfs/${root}?format=car`,
      ]) {
        const { status, headers, body } = await ask(server, path)
        expect(status, path).to.equal(200)
        expect(body.equals(letter.bytes)).to.equal(true)
        const name = path.startsWith('/ipfs') ? root : v2
        expect(headers).to.include({
          'content-length': String(letter.bytes.length),
          'accept-ranges': 'bytes',
          etag: `"${v2}"`,
          'content-type': 'application/vnd.ipld.car; version=1',
          'cache-control': 'public, max-age=31536000, immutable',
          'x-content-type-options': 'nosniff',
          'content-disposition': `attachment; filename="${name}.car"`,
        })
        expect(headers).to.not.have.any.keys('transfer-encoding', 'content-range')
        expect(headers.vary).to.equal(path.startsWith('/ipfs') ? 'Accept' : undefined)
      }
    })

    it('is found by the URL that goes into a proposal', async () => {
      const response = await fetch(pieceUrl(server.url, letter.v2))
      expect(Buffer.from(await response.arrayBuffer()).equals(letter.bytes)).to.equal(true)
    })

    it('that is no CAR is served as bytes', async () => {
      const made = raw(random(1000))
      await depot.put(stream(made.bytes))
      const { headers, body } = await ask(server, `/piece/${made.v2}`)
      expect(body.equals(made.bytes)).to.equal(true)
      expect(headers).to.include({
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="${made.v2}.bin"`,
      })
    })

    it('that is empty has a length of 0 and no range', async () => {
      const { v2 } = raw(new Uint8Array(0))
      await depot.put(stream(new Uint8Array(0)))
      const whole = await ask(server, `/piece/${v2}`)
      expect([whole.status, whole.headers['content-length']]).to.deep.equal([200, '0'])
      const part = await ask(server, `/piece/${v2}`, { range: 'bytes=0-' })
      expect([part.status, part.headers['content-range']]).to.deep.equal([416, 'bytes */0'])
    })

    it('answers HEAD as GET, without a body, and never with a range', async () => {
      for (const path of [`/piece/${letter.v1}`, `/ipfs/${letter.root}`]) {
        const get = await ask(server, path)
        for (const headers of [{}, { range: 'bytes=0-5' }, { range: 'bytes=999999999-' }]) {
          const head = await ask(server, path, headers, 'HEAD')
          expect(head.status).to.equal(200)
          expect(head.body).to.have.length(0)
          const { date: _, ...expected } = get.headers
          expect(head.headers).to.include(expected)
        }
      }
      expect((await ask(server, '/piece/x', {}, 'HEAD')).status).to.equal(400)
    })

    it('added by another process is served at once', async () => {
      const made = await car(random(5000))
      const path = `/piece/${made.v2}`
      expect((await ask(server, path)).status).to.equal(404)
      const input = join(await temporary(), 'input')
      await disk.writeFile(input, made.bytes)
      const child = fork(fileURLToPath(import.meta.resolve('./support/put-file.ts')), [
        depot.folder,
        input,
      ])
      expect(await once(child, 'exit')).to.deep.equal([0, null])
      for (const each of [path, `/piece/${made.v1}`, `/ipfs/${made.root}`]) {
        expect((await ask(server, each)).body.equals(made.bytes)).to.equal(true)
      }
    })
  })

  describe('a range', () => {
    it('is answered with exactly its bytes', async () => {
      const size = letter.bytes.length
      for (const [range, start, end] of [
        ['bytes=0-0', 0, 1],
        ['bytes=100-199', 100, 200],
        ['bytes=299000-', 299_000, size],
        ['bytes=-500', size - 500, size],
        [`bytes=-${size + 5}`, 0, size],
        [`bytes=200000-${size}`, 200_000, size],
        ['bytes=0-', 0, size],
      ] as const) {
        const { status, headers, body } = await ask(server, pathOf(letter), { range })
        expect(status, range).to.equal(206)
        expect(headers).to.include({
          'content-range': `bytes ${start}-${end - 1}/${size}`,
          'content-length': String(end - start),
          etag: `"${letter.v2}"`,
          'content-type': 'application/vnd.ipld.car; version=1',
        })
        expect(body.equals(letter.bytes.subarray(start, end)), range).to.equal(true)
      }
    })

    it('behind the end is 416 with the size', async () => {
      const size = letter.bytes.length
      for (const range of [`bytes=${size}-`, 'bytes=-0']) {
        const answer = await ask(server, pathOf(letter), { range })
        expect(answer.status).to.equal(416)
        expect(answer.headers['content-range']).to.equal(`bytes */${size}`)
        expect(errorOf(answer)).to.equal('ARGUMENT_INVALID')
      }
    })

    it('that is malformed, of another unit or one of several is not answered: all is', async () => {
      for (const range of ['bytes=9-3', 'bytes=x', 'lines=1-2', 'bytes=0-1,4-5']) {
        const { status, headers, body } = await ask(server, pathOf(letter), { range })
        expect(status, range).to.equal(200)
        expect(headers).to.not.have.property('content-range')
        expect(body.length).to.equal(letter.bytes.length)
      }
    })

    it('counts only while If-Range names the file', async () => {
      const range = 'bytes=0-9'
      for (const [tag, status] of [
        [`"${letter.v2}"`, 206],
        ['"other"', 200],
        [`W/"${letter.v2}"`, 200],
        [new Date().toUTCString(), 200],
      ] as const) {
        expect((await ask(server, pathOf(letter), { range, 'if-range': tag })).status).to.equal(
          status,
        )
      }
      const behind = { range: 'bytes=999999999-', 'if-range': '"other"' }
      expect((await ask(server, pathOf(letter), behind)).status).to.equal(200)
    })

    it('asked five at a time, each one byte too long as Boost does, makes the file', async () => {
      const bytes = Buffer.from(random(12 * 2 ** 20))
      const { pieceCid } = await depot.put(stream(bytes))
      const size = bytes.length
      const step = Math.ceil(size / 5)
      const copy = Buffer.alloc(size)
      await Promise.all(
        [0, 1, 2, 3, 4].map(async (part) => {
          const start = part * step
          const end = Math.min(start + step, size)
          const got = await ask(server, `/piece/${pieceCid}`, { range: `bytes=${start}-${end}` })
          expect(got.status).to.equal(206)
          expect(got.body.length).to.equal(Math.min(end + 1, size) - start)
          got.body.copy(copy, start, 0, end - start)
        }),
      )
      expect(copy.equals(bytes)).to.equal(true)
    })
  })

  describe('a condition', () => {
    it('that the file is new to the client is 304 when it is not', async () => {
      for (const method of ['GET', 'HEAD']) {
        for (const tag of [`"${letter.v2}"`, `W/"${letter.v2}"`, '*', `"x", "${letter.v2}"`]) {
          const answer = await ask(server, pathOf(letter), { 'if-none-match': tag }, method)
          expect(answer.status, tag).to.equal(304)
          expect(answer.body).to.have.length(0)
          expect(answer.headers).to.include({
            etag: `"${letter.v2}"`,
            'cache-control': 'public, max-age=31536000, immutable',
          })
          expect(answer.headers).to.not.have.any.keys('content-length', 'content-type')
        }
      }
      expect((await ask(server, pathOf(letter), { 'if-none-match': '"x"' })).status).to.equal(200)
    })

    it('that the file is a certain one is 412 when it is another', async () => {
      const answer = await ask(server, pathOf(letter), { 'if-match': '"x"' })
      expect(answer.status).to.equal(412)
      expect(errorOf(answer)).to.equal('ARGUMENT_INVALID')
      expect((await ask(server, pathOf(letter), { 'if-match': `"${letter.v2}"` })).status).to.equal(
        200,
      )
    })
  })

  describe('a manifest', () => {
    let manifest: Manifest

    beforeEach(async () => {
      const { v1, v2, root, bytes, pieceSize } = letter
      const facts = { root, pieceCid: v1, pieceCidV2: v2, size: bytes.length, pieceSize, files: 1 }
      const parts = [0, 1].map((offset) => ({ ...facts, first: { path: '', offset } }))
      const whole = { root: (await car(random(10))).root, size: 2, files: 1, count: 2 }
      manifest = { version: 1, kind: 'manifest', name: 'secret', ...whole, parts }
      await depot.commitManifest('0'.repeat(64), manifest)
    })

    it('is served by the root of its payload, in any spelling', async () => {
      const spelling = CID.parse(manifest.root).toString(base58btc)
      for (const root of [manifest.root, spelling]) {
        const { status, headers, body } = await ask(server, `/manifest/${root}`)
        expect(status).to.equal(200)
        expect(JSON.parse(body.toString())).to.deep.equal(manifest)
        expect(headers).to.include({
          'content-type': 'application/json; charset=utf-8',
          'content-length': String(body.length),
          'cache-control': 'no-cache',
          'x-content-type-options': 'nosniff',
        })
        const head = await ask(server, `/manifest/${root}`, {}, 'HEAD')
        expect([head.status, head.body.length]).to.deep.equal([200, 0])
        const { date: _, ...expected } = headers
        expect(head.headers).to.include(expected)
      }
    })

    it('is 304 to who has it, and new when another took its place', async () => {
      const path = `/manifest/${manifest.root}`
      const { etag = '' } = (await ask(server, path)).headers
      for (const method of ['GET', 'HEAD']) {
        const answer = await ask(server, path, { 'if-none-match': etag }, method)
        expect([answer.status, answer.body.length]).to.deep.equal([304, 0])
        expect(answer.headers).to.include({ etag, 'cache-control': 'no-cache' })
      }
      await depot.commitManifest('0'.repeat(64), { ...manifest, name: 'other' })
      const answer = await ask(server, path, { 'if-none-match': etag })
      expect(answer.status).to.equal(200)
      expect(answer.headers.etag).to.not.equal(etag)
      const failed = await ask(server, path, { 'if-match': etag })
      expect([failed.status, errorOf(failed)]).to.deep.equal([412, 'ARGUMENT_INVALID'])
    })

    it('that is not there is 404, of what is no CID 400, and damaged 500', async () => {
      for (const [cid, status, code] of [
        [letter.root, 404, 'CID_NOT_FOUND'],
        [letter.v2, 404, 'CID_NOT_FOUND'],
        ['x', 400, 'CID_INVALID'],
        ['..%2fpieces%2fx', 400, 'CID_INVALID'],
      ] as const) {
        const answer = await ask(server, `/manifest/${cid}`)
        expect([answer.status, errorOf(answer)]).to.deep.equal([status, code])
      }
      await disk.writeFile(join(depot.folder, 'manifests', `${manifest.root}.json`), '{')
      const answer = await ask(server, `/manifest/${manifest.root}`)
      expect([answer.status, errorOf(answer)]).to.deep.equal([500, 'DEPOT_CORRUPT'])
      expect(answer.body.toString()).to.not.include(depot.folder)
      await eventually(() => events.at(-1)?.error !== undefined)
    })
  })

  describe('a request that cannot be served', () => {
    it('for an unknown CID is 404', async () => {
      const { v1, v2, root } = await car(random(100))
      for (const path of [`/piece/${v1}`, `/piece/${v2}.car`, `/ipfs/${root}`]) {
        const answer = await ask(server, path)
        expect(answer.status).to.equal(404)
        expect(errorOf(answer)).to.equal('CID_NOT_FOUND')
        expect(answer.body.toString()).to.not.include(depot.folder)
      }
      // a piece is no root
      expect((await ask(server, `/ipfs/${letter.v2}`)).status).to.equal(404)
    })

    it('for what is no piece CID or no CID is 400, and no path leads out', async () => {
      await disk.writeFile(join(depot.folder, 'secret'), 'hidden')
      for (const path of [
        '/piece/x',
        `/piece/${letter.root}`,
        `/piece/${letter.v2}x`,
        `/piece/${letter.v2.toUpperCase()}`,
        '/piece/..%2fsecret',
        '/piece/..%2f..%2fsecret',
        '/piece/%2e%2e%2fsecret.car',
        '/piece/..%5csecret',
        '/piece/%00',
        '/piece/secret%00.car',
        '/piece/.car',
        '/ipfs/x',
        '/ipfs/..%2fsecret',
      ]) {
        const answer = await ask(server, path)
        expect(answer.status, path).to.equal(400)
        expect(errorOf(answer)).to.equal('CID_INVALID')
      }
      for (const path of ['/piece/../secret', '/../secret', '/piece//secret', '/secret']) {
        expect((await ask(server, path)).status, path).to.equal(404)
      }
      expect((await ask(server, '/piece/%zz')).status).to.equal(400)
      expect((await ask(server, `/piece/${'b'.repeat(300)}`)).status).to.be.oneOf([400, 414])
    })

    it('for anything else is 404, and nothing is listed', async () => {
      for (const path of [
        '/',
        '/piece',
        '/piece/',
        '/ipfs/',
        `/piece/${letter.v2}/`,
        '/favicon.ico',
      ]) {
        const answer = await ask(server, path)
        expect(answer.status, path).to.equal(path === '/piece/' || path === '/ipfs/' ? 400 : 404)
        errorOf(answer)
        expect(answer.headers['x-content-type-options']).to.equal('nosniff')
      }
    })

    it('by another method is 405 with Allow', async () => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
        for (const path of [`/piece/${letter.v2}`, `/ipfs/${letter.root}`, '/healthz']) {
          const answer = await ask(server, path, {}, method)
          expect(answer.status, method).to.equal(405)
          expect(answer.headers.allow).to.equal('GET, HEAD')
          expect(errorOf(answer)).to.equal('ARGUMENT_INVALID')
        }
      }
      const request = http.request({ port: server.port, path: '/piece/x', method: 'POST' })
      request.on('error', () => undefined).end(random(100_000))
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      expect(response.statusCode).to.equal(405)
      await buffer(response)
    })

    it('for a part or another form of a root is 406', async () => {
      const path = `/ipfs/${letter.root}`
      for (const answer of [
        await ask(server, `${path}?format=raw`),
        await ask(server, `${path}?dag-scope=block`),
        await ask(server, path, { accept: 'text/html' }),
      ]) {
        expect(answer.status).to.equal(406)
        errorOf(answer)
      }
      const accept = 'application/vnd.ipld.car; version=1'
      expect((await ask(server, path, { accept })).status).to.equal(200)
    })

    it('for a damaged piece is 500, which tells the operator and not the client what it is', async () => {
      const { path } = await depot.get(letter.v2)
      const altered = [
        () => disk.truncate(path, 5),
        () => disk.rm(path),
        () => disk.writeFile(path.replace(/car$/, 'json'), 'x'),
      ]
      for (const alter of altered) {
        await alter()
        const answer = await ask(server, `/piece/${letter.v2}`)
        expect(answer.status).to.equal(500)
        expect(errorOf(answer)).to.equal('DEPOT_CORRUPT')
        expect(answer.body.toString()).to.not.include(depot.folder)
        expect((await ask(server, `/piece/${letter.v2}`, {}, 'HEAD')).status).to.equal(500)
      }
      await eventually(() => events.length === 6)
      for (const { error } of events) expect(isStorageError(error, 'DEPOT_CORRUPT')).to.equal(true)
    })

    it('that is not HTTP, has endless headers or no end is answered and cut off', async () => {
      expect(await say(server, 'hello\r\n\r\n')).to.match(/^HTTP\/1.1 400 [^]*ARGUMENT_INVALID/)
      const long = `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}`
      expect(await say(server, long)).to.match(/^HTTP\/1.1 431 /)
      const hasty = await serve(depot, { limits: { headersMs: 100 } })
      expect(await say(hasty, 'GET / HTTP/1.1\r\nhost:')).to.match(/^HTTP\/1.1 408 /)
    })
  })

  describe('streaming', () => {
    it('lets a slow client hold back a file, and closes it when the client goes', async () => {
      const big = await depot.put(stream(new Uint8Array(64 * 2 ** 20), 2 ** 20))
      let read = 0
      const { files, open: handles } = watchedFiles((handle, path) => {
        if (!path.endsWith('.bin')) return
        const readBytes = handle.read.bind(handle) as (...rest: unknown[]) => Promise<unknown>
        handle.read = ((...rest: unknown[]) => {
          read += Number(rest[2])
          return readBytes(...rest)
        }) as never
      })
      const slow = await serve(await openDepot(depot.folder, files), {
        logger: (event) => events.push(event),
      })
      const request = http.get({ port: slow.port, path: `/piece/${big.pieceCidV2}`, agent: false })
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      await once(response, 'readable')
      let before = -1
      while (before !== read) {
        before = read
        await sleep(100)
      }
      // what fits the buffers of two sockets; the rest waits on the disk
      expect(read).to.be.lessThan(32 * 2 ** 20)
      expect(handles()).to.equal(1)
      request.destroy()
      await eventually(() => handles() === 0)
      await eventually(() => events.length === 1)
      expect(events[0]).to.include({ status: 200, aborted: true })
      expect(events[0]?.bytes).to.be.lessThan(big.size)
    })

    it('leaves no file open when clients go at any moment', async () => {
      for (let i = 0; i < 40; i++) {
        const request = http.get({ port: server.port, path: `/ipfs/${letter.root}`, agent: false })
        request.on('error', () => undefined)
        await sleep(i / 8)
        request.destroy()
      }
      await eventually(() => open() === 0)
    })

    it('breaks off when the disk fails in the middle', async () => {
      let reads = 0
      const { files, open: handles } = watchedFiles((handle, path) => {
        if (!path.endsWith('.car')) return
        const readBytes = handle.read.bind(handle) as (...rest: unknown[]) => Promise<unknown>
        handle.read = ((...rest: unknown[]) =>
          ++reads > 1 ? Promise.reject(errno('EIO')) : readBytes(...rest)) as never
      })
      const failing = await serve(await openDepot(depot.folder, files), {
        logger: (event) => events.push(event),
      })
      const caught: unknown = await ask(failing, `/piece/${letter.v2}`).catch((e: unknown) => e)
      expect(caught).to.be.instanceOf(Error)
      await eventually(() => handles() === 0 && events.length === 1)
      expect(events[0]).to.include({ status: 200, aborted: true })
      expect(isStorageError(events[0]?.error, 'DEPOT_CORRUPT')).to.equal(true)
    })

    it('hangs up on a client that takes nothing', async () => {
      const big = await depot.put(stream(new Uint8Array(32 * 2 ** 20), 2 ** 20))
      const hasty = await serve(depot, { limits: { idleMs: 200 } })
      const socket = connect(hasty.port, '127.0.0.1')
      socket.pause()
      socket.write(`GET /piece/${big.pieceCidV2} HTTP/1.1\r\nhost: x\r\n\r\n`)
      await eventually(() => open() === 1)
      await eventually(() => open() === 0)
      socket.destroy()
    })
  })

  describe('the log', () => {
    it('has one event per request, without query and headers', async () => {
      const path = `/piece/${letter.v2}`
      await ask(server, `${path}?token=hush`, { authorization: 'Bearer hush' })
      await ask(server, path, { range: 'bytes=0-9' })
      await ask(server, path, {}, 'HEAD')
      await ask(server, path, { 'if-none-match': '*' })
      await ask(server, '/piece/x')
      await eventually(() => events.length === 5)
      expect(events.map(({ ms, ...rest }) => (ms >= 0 ? rest : ms))).to.deep.equal([
        { method: 'GET', url: path, status: 200, bytes: letter.bytes.length, aborted: false },
        { method: 'GET', url: path, status: 206, bytes: 10, aborted: false },
        { method: 'HEAD', url: path, status: 200, bytes: 0, aborted: false },
        { method: 'GET', url: path, status: 304, bytes: 0, aborted: false },
        {
          method: 'GET',
          url: '/piece/x',
          status: 400,
          bytes: 0,
          aborted: false,
        },
      ])
      expect(JSON.stringify(events)).to.not.include('hush')
    })
  })

  describe('the server', () => {
    it('says that it runs', async () => {
      const { status, body, headers } = await ask(server, '/healthz')
      expect(status).to.equal(200)
      expect(JSON.parse(body.toString())).to.deep.equal({
        version: 1,
        kind: 'health',
        status: 'ok',
      })
      expect(headers['cache-control']).to.equal('no-store')
    })

    it('takes the port it is given, and says who has it when it is taken', async () => {
      expect(server.url).to.equal(`http://127.0.0.1:${server.port}`)
      const { hint } = await refused('PORT_IN_USE', startDepotServer(depot, { port: server.port }))
      expect(hint).to.include('another port')
      await server.close()
      const again = await serve(depot, { port: server.port })
      expect(again.port).to.equal(server.port)
    })

    it('refuses an address that is not of this machine, and a port that is none', async () => {
      await refused('ARGUMENT_INVALID', startDepotServer(depot, { host: '192.0.2.1' }))
      await refused('ARGUMENT_INVALID', startDepotServer(depot, { port: 65_536 }))
      await refused('ARGUMENT_INVALID', startDepotServer(depot, { port: -1 }))
    })

    it('has a URL that this machine reaches, whatever it listens on', async () => {
      for (const host of ['localhost', '0.0.0.0']) {
        const each = await serve(depot, { host })
        expect(each.url).to.equal(`http://127.0.0.1:${each.port}`)
        expect((await fetch(`${each.url}/healthz`)).status).to.equal(200)
      }
    })

    it('closes twice, and waits for a download but not for an idle connection', async () => {
      const agent = new http.Agent({ keepAlive: true })
      const request = http.get({ port: server.port, path: '/healthz', agent })
      const [idle] = (await once(request, 'response')) as [http.IncomingMessage]
      await buffer(idle)
      const [response] = (await once(
        http.get({ port: server.port, path: `/piece/${letter.v2}`, agent: false }),
        'response',
      )) as [http.IncomingMessage]
      const closed = Promise.all([server.close(), server.close()])
      expect((await buffer(response)).equals(letter.bytes)).to.equal(true)
      await closed
      agent.destroy()
    })

    it('does not wait for ever for a download that does not end', async () => {
      const big = await depot.put(stream(new Uint8Array(32 * 2 ** 20), 2 ** 20))
      const hasty = await serve(depot, { limits: { closeMs: 50 } })
      const request = http.get({ port: hasty.port, path: `/piece/${big.pieceCidV2}`, agent: false })
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      response.on('error', () => undefined)
      await hasty.close()
      await eventually(() => open() === 0)
      request.destroy()
    })
  })
})
