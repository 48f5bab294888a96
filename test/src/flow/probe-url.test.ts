/** A URL is asked as providers ask it, of servers with each of the faults that they trip over. */
import { createServer } from 'node:https'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Verdict } from '../../../src/doctor/check.ts'
import { diagnose } from '../../../src/doctor/diagnose.ts'
import { known } from '../../../src/doctor/facts.ts'
import { probeUrl, type UrlQuestion } from '../../../src/flow/probe-url.ts'
import { NETWORKS } from '../../../src/chain/networks.ts'
import { type Answer, type Server, serve } from '../provider/support/server.ts'
import { refused } from '../../support/refused.ts'

/** CARv1 with the root bafkqaaa: length 15, dag-cbor {roots: [CID], version: 1}; then what need not be read. */
const HEADER = Buffer.from('19a265726f6f747381d82a4500015500006776657273696f6e01', 'hex')
const BODY = Buffer.concat([
  HEADER,
  Buffer.from(Uint8Array.from({ length: 30_000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff)),
])
const SIZE = BODY.length

/** As a good server: HEAD, and Range with an end. `change` alters what it says. */
function good(bytes: Uint8Array = BODY, change: Record<string, string | undefined> = {}): Answer {
  return (request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const part =
      from === undefined || request.method === 'HEAD'
        ? undefined
        : { first: Number(from), last: Math.min(Number(to), bytes.length - 1) }
    const body = part === undefined ? bytes : bytes.subarray(part.first, part.last + 1)
    const headers = {
      'content-length': String(body.length),
      'content-range':
        part === undefined ? undefined : `bytes ${part.first}-${part.last}/${bytes.length}`,
      ...change,
    }
    const stated = Object.entries(headers).filter(([, value]) => value !== undefined)
    response.writeHead(part === undefined ? 200 : 206, Object.fromEntries(stated) as never)
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}

const withoutRange: Answer = (request, response) => {
  response.writeHead(200, { 'content-length': SIZE })
  response.end(request.method === 'HEAD' ? undefined : BODY)
}

const headOnly: Answer = (request, response, gets) =>
  request.method === 'HEAD' ? good()(request, response, gets) : response.destroy()

function status(code: number): Answer {
  return (_, response) => response.writeHead(code).end()
}

/** `count` redirects, then the piece. */
function redirects(count: number): Answer {
  return (request, response, gets) => {
    const at = Number(/\d+$/.exec(request.url ?? '')?.[0] ?? 0)
    if (at >= count) return good()(request, response, gets)
    return response.writeHead(302, { location: `/hop/${at + 1}` }).end()
  }
}

const resolveBoth = async (name: string) =>
  name === 'localhost' ? ['93.184.216.34', '10.0.0.7'] : []

describe('probeUrl', () => {
  let server: Server | undefined
  afterEach(async () => {
    await server?.close()
    server = undefined
  })

  async function found(
    answer: Answer,
    question: Partial<UrlQuestion> = {},
    own: Uint8Array = BODY,
  ): Promise<Record<string, Verdict>> {
    server = await serve(answer)
    const { startWindow, sectorSize, chainId, name } = NETWORKS.localnet
    const url = await probeUrl({
      text: `${server.url}/piece`,
      size: SIZE,
      own: async (start, end) => own.subarray(start, end),
      ...question,
    })
    const network = { name, chainId, sectorSize, startWindow, local: true, option: '' }
    const findings = diagnose({ network, url })
    return Object.fromEntries(findings.map(({ code, verdict }) => [code, verdict]))
  }

  /** Everything that is not well. */
  async function faults(...args: Parameters<typeof found>): Promise<Record<string, Verdict>> {
    const all = Object.entries(await found(...args))
    return Object.fromEntries(all.filter(([, verdict]) => verdict !== 'ok'))
  }

  it('finds nothing wrong with a good server, in four requests', async () => {
    const all = await found(good())
    expect(Object.values(all)).to.deep.equal(Object.values(all).map(() => 'ok'))
    expect(Object.keys(all)).to.include.members(['SL-D413', 'SL-D418', 'SL-D419', 'SL-D423'])
    expect(server?.requests.map((line) => line.split(' ')[0])).to.deep.equal(['HEAD', 'GET', 'GET'])
  })

  it('finds that nobody is served where GET is not answered, though HEAD is', async () => {
    expect(await faults(headOnly)).to.include({ 'SL-D411': 'refused' })
  })

  it('asks no URL with a password, and shows it nowhere', async () => {
    const { startWindow, sectorSize, chainId, name } = NETWORKS.localnet
    server = await serve(good())
    const text = `${server.url.replace('://', '://me:hush@')}/piece`
    const url = await probeUrl({ text, size: SIZE })
    const network = { name, chainId, sectorSize, startWindow, local: true, option: '' }
    const machine = {
      node: '24.0.0',
      hashBackend: 'hashtree',
      freeBytes: known(2 ** 40),
      depotUrl: text,
    } as const
    const findings = diagnose({ network, url }).concat(diagnose({ network, machine }))
    expect(server.requests).to.deep.equal([])
    expect(JSON.stringify(findings)).to.not.include('hush')
    expect(findings.find(({ code }) => code === 'SL-D404')?.verdict).to.equal('refused')
  })

  const cases: [what: string, answer: Answer, expected: Record<string, Verdict>][] = [
    [
      'that knows no such page',
      status(404),
      {
        'SL-D413': 'refused',
        'SL-D418': 'refused',
        'SL-D419': 'unknown',
        'SL-D423': 'unknown',
      },
    ],
    [
      'that serves another size',
      good(BODY.subarray(0, SIZE - 1)),
      { 'SL-D414': 'refused', 'SL-D418': 'refused' },
    ],
    [
      'that states no size for HEAD',
      good(BODY, { 'content-length': undefined }),
      { 'SL-D414': 'refused' },
    ],
    ['that ignores Range, for a small piece', withoutRange, { 'SL-D418': 'warning' }],
    [
      'that states another range',
      good(BODY, { 'content-range': `bytes 0-1/${SIZE}` }),
      { 'SL-D418': 'refused' },
    ],
    ['that compresses', good(BODY, { 'content-encoding': 'x-unknown' }), { 'SL-D417': 'refused' }],
    ['that redirects twice', redirects(2), { 'SL-D415': 'refused' }],
    [
      'that redirects for ever',
      redirects(99),
      {
        'SL-D413': 'refused',
        'SL-D415': 'refused',
        'SL-D416': 'refused',
        'SL-D418': 'refused',
        'SL-D419': 'unknown',
        'SL-D423': 'unknown',
      },
    ],
    [
      'that shows a login page of the same size',
      good(Buffer.alloc(SIZE, '<html>')),
      { 'SL-D419': 'refused', 'SL-D423': 'refused' },
    ],
  ]
  for (const [what, answer, expected] of cases)
    it(`sees through a server ${what}`, async () => {
      expect(await faults(answer)).to.deep.equal(expected)
    })

  it('takes one redirect', async () => {
    expect(await faults(redirects(1))).to.deep.equal({})
  })

  it('sees bytes that are wrong in the middle alone', async () => {
    const own = Uint8Array.from(BODY)
    own[Math.floor(SIZE / 2) + 5] = (own[Math.floor(SIZE / 2) + 5] ?? 0) ^ 1
    expect(await faults(good(), {}, own)).to.deep.equal({ 'SL-D423': 'refused' })
  })

  it('reads everything and compares the commitment when that is asked', async () => {
    // test/vectors/known-piece-cids.json, lotus-zero zero-127
    const pieceCid = 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy'
    const question = { size: 127, pieceCid, commitment: true, own: undefined }
    const zeros = await found(good(new Uint8Array(127)), question)
    expect(zeros).to.include({ 'SL-D424': 'ok', 'SL-D419': 'refused' })
    await server?.close()
    const ones = await found(good(new Uint8Array(127).fill(1)), question)
    expect(ones).to.include({ 'SL-D424': 'refused' })
    await server?.close()
    const more = await found(good(new Uint8Array(128)), question)
    expect(more).to.include({ 'SL-D424': 'unknown', 'SL-D414': 'refused' })
  })

  it('is refused where nobody listens, and says no more than that', async () => {
    const gone = await serve(good())
    await gone.close()
    const all = await faults(good(), { text: gone.url })
    expect(all).to.include({ 'SL-D411': 'refused', 'SL-D413': 'unknown', 'SL-D419': 'unknown' })
  })

  it('ends with a server that never answers', async () => {
    server = await serve(() => {})
    const url = await probeUrl({ text: server.url, size: SIZE }, { timeoutMs: 50 })
    expect(url.reach).to.deep.equal({ ok: false, kind: 'other', why: 'no answer within 0.05 s' })
  })

  it('stops when it is interrupted', async () => {
    const interruption = new AbortController()
    server = await serve(() => interruption.abort())
    await refused('ABORTED', probeUrl({ text: server.url }, { signal: interruption.signal }))
  })

  it('asks nothing of what is no URL for HTTP', async () => {
    for (const text of ['libp2p://12D3/x', 'ftp://a/b', 'nonsense', 'http:///x']) {
      const { reach, head } = await probeUrl({ text })
      expect(reach, text).to.equal(undefined)
      expect(head.known, text).to.equal(false)
    }
  })

  it('looks names up, and knows addresses of the inside', async () => {
    const gone = await serve(good())
    await gone.close()
    const { port } = new URL(gone.url)
    const named = await probeUrl({ text: `http://localhost:${port}/` }, { resolve: resolveBoth })
    expect(named.addresses).to.deep.equal({
      known: true,
      value: [
        { address: '93.184.216.34', inside: false, literal: false },
        { address: '10.0.0.7', inside: true, literal: false },
      ],
    })
    const literal = await probeUrl({ text: `http://127.0.0.1:${port}/` }, { resolve: resolveBoth })
    expect(literal.addresses).to.deep.equal({
      known: true,
      value: [{ address: '127.0.0.1', inside: true, literal: true }],
    })
  })

  it('tells a certificate that nobody trusts from a server that is not there', async function () {
    const folder = await mkdtemp(join(tmpdir(), 'sealift-tls-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    try {
      const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert]
      execFileSync('openssl', [...made, '-days', '1', '-subj', '/CN=depot.example'], {
        stdio: 'ignore',
      })
    } catch {
      await rm(folder, { recursive: true })
      return this.skip()
    }
    const tls = createServer(
      { key: await readFile(key), cert: await readFile(cert) },
      (_, response) => response.end(),
    )
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = tls.address() as AddressInfo
      const { reach } = await probeUrl({ text: `https://127.0.0.1:${port}/` })
      expect(reach).to.include({ ok: false, kind: 'tls' })
    } finally {
      tls.closeAllConnections()
      tls.close()
      await rm(folder, { recursive: true })
    }
  })
})
