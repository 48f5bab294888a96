import { expect } from 'chai'
import { DEVNET_DOWNLOAD, type DownloadPolicy, download } from '../../../src/provider/download.ts'
import { type Clock, systemClock } from '../../../src/chain/clock.ts'
import { refused } from '../../support/refused.ts'
import { hastyClock } from './support/clocks.ts'
import { collect } from './support/collect.ts'
import { type Answer, type Server, honest, serve } from './support/server.ts'

const BYTES = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff)
const SIZE = BYTES.length

function same(bytes: Uint8Array): void {
  expect(Buffer.compare(bytes, BYTES)).to.equal(0)
}

/** Honest about HEAD, and about GET as `answer` says. */
function get(answer: Answer): Answer {
  return (request, response, count) =>
    (request.method === 'HEAD' ? honest(BYTES) : answer)(request, response, count)
}

describe('download', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  async function from(
    answer: Answer,
    policy: Partial<DownloadPolicy> = {},
    { path = '/piece', clock = hastyClock() as Clock, signal = new AbortController().signal } = {},
  ): Promise<Uint8Array> {
    server = await serve(answer)
    const options = { policy: { ...DEVNET_DOWNLOAD, ...policy }, clock, signal }
    return collect(download(`${server.url}${path}`, SIZE, options))
  }
  it('asks HEAD and then GET', async () => {
    same(await from(honest(BYTES)))
    expect(server?.requests).to.deep.equal(['HEAD /piece', 'GET /piece'])
  })

  it('refuses when HEAD is not answered with 200, and does not try again', async () => {
    await refused(
      'FETCH_FAILED',
      from((_, response) => response.writeHead(404).end()),
    )
    expect(server?.requests).to.deep.equal(['HEAD /piece'])
  })

  it('refuses when HEAD promises another size', () =>
    refused('FETCH_FAILED', from(honest(BYTES.subarray(1)))))

  it('refuses when HEAD promises no size', () =>
    refused(
      'FETCH_FAILED',
      from((_, response) => response.writeHead(200, { 'transfer-encoding': 'chunked' }).end()),
    ))

  it('refuses when nobody answers', async () => {
    const gone = await serve(honest(BYTES))
    await gone.close()
    const options = {
      policy: DEVNET_DOWNLOAD,
      clock: hastyClock(),
      signal: new AbortController().signal,
    }
    await refused('FETCH_FAILED', () => collect(download(gone.url, SIZE, options)))
  })

  it('resumes a broken connection with a Range', async () => {
    same(
      await from(
        get((request, response, count) => {
          if (count > 0) return honest(BYTES)(request, response, count)
          response.writeHead(200, { 'content-length': SIZE })
          response.write(BYTES.subarray(0, 70_000), () => response.destroy())
        }),
      ),
    )
    expect(server?.requests.at(-1)).to.match(/^GET \/piece bytes=[1-9]\d*-$/)
  })

  it('resumes from a server that ignores the Range', async () => {
    same(
      await from(
        get((_, response, count) => {
          response.writeHead(200, { 'content-length': SIZE })
          if (count > 0) response.end(BYTES)
          else response.write(BYTES.subarray(0, 70_000), () => response.destroy())
        }),
      ),
    )
  })

  it('goes on when the body ends early without an error', async () => {
    same(
      await from(
        get((request, response, count) =>
          count > 0
            ? honest(BYTES)(request, response, count)
            : response.end(BYTES.subarray(0, 1000)),
        ),
      ),
    )
    expect(server?.requests.at(-1)).to.equal('GET /piece bytes=1000-')
  })

  it('refuses a Range other than the one asked for', () =>
    refused(
      'FETCH_FAILED',
      from(
        get((request, response, count) => {
          if (count === 0) return response.end(BYTES.subarray(0, 1000))
          response.writeHead(206, { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}` })
          return response.end(BYTES)
        }),
      ),
    ))

  it('refuses more bytes than promised', () =>
    refused(
      'FETCH_FAILED',
      from(
        get((_, response) => {
          response.write(BYTES)
          response.end('x')
        }),
      ),
    ))

  it('gives up after the agreed attempts, with waits that grow by half', async () => {
    const clock = hastyClock()
    const error = await refused(
      'FETCH_FAILED',
      from(
        get((_, response) => response.writeHead(503).end()),
        { attempts: 4, firstWaitMs: 100, maxWaitMs: 200 },
        { clock },
      ),
    )
    expect(error.message).to.include('4 attempts')
    expect(clock.waits).to.deep.equal([100, 150, 200])
  })

  it('does not try again when GET is refused with 4xx', async () => {
    await refused('FETCH_FAILED', from(get((_, response) => response.writeHead(403).end())))
    expect(server?.requests).to.have.length(2)
  })

  it('follows one redirect', async () =>
    same(
      await from(
        (request, response, count) =>
          request.url === '/there'
            ? honest(BYTES)(request, response, count)
            : response.writeHead(302, { location: '/there' }).end(),
        {},
        { path: '/here' },
      ),
    ))

  it('refuses a chain of redirects', () =>
    refused(
      'FETCH_FAILED',
      from((request, response) => response.writeHead(302, { location: `${request.url}x` }).end()),
    ))

  it('refuses a literal private address unless allowed', async () => {
    await refused('FETCH_FAILED', from(honest(BYTES), { allowPrivateIps: false }))
    expect(server?.requests).to.deep.equal([])
  })

  it('ends at the deadline though bytes keep coming', () =>
    refused(
      'DEADLINE',
      from(
        get((_, response) => {
          response.writeHead(200, { 'content-length': SIZE })
          const drip = setInterval(() => response.write('x'), 10)
          response.on('close', () => clearInterval(drip))
        }),
        { deadlineMs: 150 },
        { clock: systemClock },
      ),
    ))

  it('ends at the deadline while it waits between attempts', () =>
    refused(
      'DEADLINE',
      from(
        get((_, response) => response.writeHead(500).end()),
        { deadlineMs: 100, firstWaitMs: 60_000 },
        { clock: systemClock },
      ),
    ))

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const answer = get((_, response) => {
      response.writeHead(200, { 'content-length': SIZE })
      response.write('x', () => stop.abort())
    })
    await refused('ABORTED', from(answer, {}, { signal: stop.signal }))
  })
})
