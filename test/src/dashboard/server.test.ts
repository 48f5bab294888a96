import { request } from 'node:http'
import { expect } from 'chai'
import { NETWORKS } from '../../../src/chain/networks.ts'
import type { Order } from '../../../src/dashboard/desk.ts'
import type {
  OverviewDocument,
  Problem,
  ProposalDocument,
  ProposalsDocument,
} from '../../../src/dashboard/documents.ts'
import { type DashboardServer, startDashboard } from '../../../src/dashboard/server.ts'
import { openState } from '../../../src/dashboard/state.ts'
import { refused } from '../../support/refused.ts'
import { chainFacts, piece, proposal, proposalId, timeline } from './support/sample.ts'

const TOKEN = 'token-of-the-test-0123456789'
const bundle = { html: '<!doctype html>', script: '1', style: 'a{}', icon: '<svg/>' }

interface Rig {
  readonly server: DashboardServer
  readonly orders: Order[]
  /** The next look at the chain fails. */
  breakChain(): void
  readonly refresh: () => Promise<void>
}

const problem = (error: unknown): Problem => ({
  code: 'X',
  message: (error as Error).message,
  hint: null,
  next: null,
})

async function start(token?: string): Promise<Rig> {
  const orders: Order[] = []
  let broken = false
  const state = openState({
    network: NETWORKS.localnet,
    everyMs: 10_000,
    explain: problem,
    sources: {
      chain: async () => {
        if (broken) throw new Error('away')
        return chainFacts([proposal(1), proposal(2, { state: 'cancelled' })])
      },
      depot: async () => [piece],
      timeline: async (id) => {
        if (id === proposalId(2)) throw new Error('no logs')
        return timeline(id)
      },
      send:
        token === undefined
          ? undefined
          : async (order) => {
              orders.push(order)
              return '0xaa'
            },
    },
  })
  const server = await startDashboard({ state, bundle, port: 0, token })
  await state.refresh()
  return {
    server,
    orders,
    refresh: () => state.refresh(),
    breakChain: () => {
      broken = true
    },
  }
}

/** `fetch` lets nobody set a Host. */
function withHost(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/api/overview', headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

describe('dashboard/server', () => {
  let reads: Rig
  let writes: Rig
  before(async () => {
    reads = await start()
    writes = await start(TOKEN)
  })
  after(async () => {
    await reads.server.close()
    await writes.server.close()
  })
  const get = (path: string, headers = {}) => fetch(`${reads.server.url}${path}`, { headers })
  const json = async <T>(path: string): Promise<T> => (await (await get(path)).json()) as T

  it('serves the page and its parts, with headers that let nothing else in', async () => {
    const types = {
      '/': 'text/html',
      '/page.js': 'text/javascript',
      '/page.css': 'text/css',
      '/icon.svg': 'image/svg+xml',
    }
    for (const [path, type] of Object.entries(types)) {
      const { status, headers } = await get(path)
      expect(status, path).to.equal(200)
      expect(headers.get('content-type'), path).to.match(new RegExp(`^${type.replace('+', '\\+')}`))
    }
    for (const path of ['/', '/api/overview', '/nowhere']) {
      const { headers } = await get(path)
      expect(headers.get('content-security-policy'), path).to.match(
        /^default-src 'none';.*frame-ancestors 'none'/,
      )
      expect(headers.get('content-security-policy')).to.not.match(/unsafe|\*|https?:/)
      expect(headers.get('x-content-type-options')).to.equal('nosniff')
      expect(headers.get('cache-control')).to.equal('no-store')
      expect(headers.get('referrer-policy')).to.equal('no-referrer')
      expect(headers.get('access-control-allow-origin')).to.equal(null)
    }
  })

  it('answers the overview, a list and one proposal with its timeline', async () => {
    expect(await json<OverviewDocument>('/api/overview')).to.include({
      proposals: 2,
      writable: false,
    })
    const list = await json<ProposalsDocument>('/api/proposals?standing=over&q=sample&page=1')
    expect(list.rows.map((row) => row.proposalId)).to.deep.equal([proposalId(2)])
    const one = await json<ProposalDocument>(`/api/proposals/${proposalId(1)}`)
    expect(one.timeline).to.deep.equal(timeline(proposalId(1)))
  })

  it('shows a proposal whose timeline cannot be read, and why', async () => {
    const one = await json<ProposalDocument>(`/api/proposals/${proposalId(2)}`)
    expect(one.timeline).to.equal(null)
    expect(one.timelineProblem?.message).to.equal('no logs')
    expect(one.state).to.equal('cancelled')
  })

  it('refuses what it cannot understand', async () => {
    const statuses: [string, number][] = [
      ['/api/proposals/0x12', 404],
      [`/api/proposals/${proposalId(9)}`, 404],
      ['/api/proposals/%00', 404],
      ['/api/proposals?standing=nonsense', 400],
      ['/api/proposals?page=0', 400],
      [`/api/proposals?q=${'x'.repeat(201)}`, 400],
      ['/../package.json', 404],
      ['/%2e%2e%2fpackage.json', 404],
      ['/favicon.ico', 404],
    ]
    for (const [path, status] of statuses) expect((await get(path)).status, path).to.equal(status)
  })

  it('refuses other hosts, origins and sites, and everything but GET', async () => {
    const { port, url } = reads.server
    expect(await withHost(port, `127.0.0.1:${port}`)).to.equal(200)
    expect(await withHost(port, `localhost:${port}`)).to.equal(200)
    expect(await withHost(port, `rebound.example:${port}`)).to.equal(403)
    expect((await get('/api/overview', { origin: 'https://evil.example' })).status).to.equal(403)
    expect((await get('/api/overview', { 'sec-fetch-site': 'cross-site' })).status).to.equal(403)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])
      expect((await fetch(`${url}/api/overview`, { method })).status, method).to.equal(404)
  })

  it('has no route that sends unless it was started with a token', async () => {
    const order = JSON.stringify({ action: 'reannounce', proposalId: proposalId(1) })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` }
    const options = { method: 'POST', body: order, headers }
    expect((await fetch(`${reads.server.url}/api/actions`, options)).status).to.equal(404)
    expect(reads.orders).to.deep.equal([])
  })

  it('sends for who bears the token, what the proposal allows, and nothing else', async () => {
    const { server, orders } = writes
    const post = async (body: unknown, headers: Record<string, string> = {}) => {
      const options = {
        method: 'POST',
        body: JSON.stringify(body),
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${TOKEN}`,
          ...headers,
        },
      }
      return (await fetch(`${server.url}/api/actions`, options)).status
    }
    const order = { action: 'reannounce', proposalId: proposalId(1) }
    expect(await post(order, { authorization: '' })).to.equal(401)
    expect(await post(order, { authorization: `Bearer ${TOKEN}x` })).to.equal(401)
    expect(await post(order, { origin: 'https://evil.example' })).to.equal(403)
    expect(await post({ ...order, more: 1 })).to.equal(400)
    expect(await post({ ...order, action: 'withdraw' })).to.equal(400)
    expect(await post({ ...order, proposalId: proposalId(9) })).to.equal(404)
    expect(await post({ ...order, proposalId: proposalId(2) })).to.equal(409)
    expect(await post({ ...order, action: 'settle' })).to.equal(409)
    expect(await post({ ...order, pad: 'x'.repeat(5000) })).to.equal(413)
    expect(await post(order, { 'content-type': 'text/plain' })).to.equal(415)
    expect(orders).to.deep.equal([])
    expect(await post(order)).to.equal(202)
    expect(orders).to.deep.equal([{ ...order, dealIds: [] }])
    const overview = (await (await fetch(`${server.url}/api/overview`)).text()) + server.url
    expect(JSON.parse(overview.slice(0, overview.lastIndexOf('}') + 1))).to.include({
      writable: true,
    })
    expect(overview).to.not.include(TOKEN)
  })

  it('tells open pages of what is new, and keeps the last good state when the node goes', async () => {
    const rig = await start()
    const stop = new AbortController()
    const response = await fetch(`${rig.server.url}/api/events`, { signal: stop.signal })
    expect(response.headers.get('content-type')).to.match(/^text\/event-stream/)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const told = async (): Promise<string> => (await reader?.read())?.value ?? ''
    expect(await told()).to.match(/event: changed\ndata: \d+\n\n/)
    rig.breakChain()
    const looked = rig.refresh()
    expect(await told()).to.match(/event: changed/)
    await looked
    const overview = (await (
      await fetch(`${rig.server.url}/api/overview`)
    ).json()) as OverviewDocument
    expect(overview.proposals).to.equal(2)
    expect(overview.chain.problem?.message).to.equal('away')
    stop.abort()
    await rig.server.close()
    await rig.server.close()
  })

  it('lets no more than twenty pages listen', async () => {
    const rig = await start()
    const stop = new AbortController()
    const open = () => fetch(`${rig.server.url}/api/events`, { signal: stop.signal })
    // Held: a response that nobody holds is closed when memory is cleaned up.
    const opened: Response[] = []
    for (let count = 0; count < 21; count += 1) opened.push(await open())
    expect(opened.map(({ status }) => status)).to.deep.equal([...Array<number>(20).fill(200), 503])
    stop.abort()
    await rig.server.close()
  })

  it('says when its port is taken', async () => {
    const { port } = reads.server
    const sources = {
      chain: async () => chainFacts([]),
      depot: async () => [],
      timeline: async (id: string) => timeline(id),
      send: undefined,
    }
    const state = openState({ network: NETWORKS.localnet, everyMs: 1, explain: problem, sources })
    await refused('PORT_IN_USE', startDashboard({ state, bundle, port, token: undefined }))
  })
})
