import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import type { DealsDocument } from '../../src/flow/documents.ts'
import { runTask } from '../../tasks/run.ts'
import { watch, type WatchPorts } from '../../tasks/watch.ts'
import { actJson, actPlain } from './support/act.ts'
import { DEALS, OTHER_ID, PROPOSAL_ID } from './support/documents.ts'
import { fakeIo } from './support/fake-io.ts'
import { temporaryFolder } from './support/temporary.ts'

const CLIENT = '0x5fbdb2315678afecb367f032d93f642f64180aa3'
const NOTHING = {
  id: undefined,
  follow: false,
  stay: false,
  timeout: undefined,
  webhook: undefined,
  metrics: undefined,
  state: undefined,
  json: true,
} as const

/** The one proposal: its second replica waits until the look with that number, and is active then. */
function story(activeAt: number): () => Promise<DealsDocument> {
  let looks = 0
  return async () => {
    looks += 1
    const [timeline] = DEALS.timelines
    const [first, second] = timeline?.replicas ?? []
    if (timeline === undefined || first === undefined || second === undefined)
      throw new TypeError('the fixture has no two replicas')
    const [, active] = first.steps
    const done = {
      ...second,
      steps: active === undefined ? [] : [{ ...active, id: `${PROPOSAL_ID}:active:8` }],
      waiting: null,
      daysLeft: 366,
    }
    const now = { ...timeline, replicas: [first, looks < activeAt ? second : done] }
    return { ...DEALS, proposals: DEALS.proposals.slice(0, 1), timelines: [now] }
  }
}

async function overAlready(): Promise<DealsDocument> {
  const timelines = DEALS.timelines.filter(({ proposalId }) => proposalId === OTHER_ID)
  return { ...DEALS, timelines }
}

function ports(folder: string, look = story(3)): WatchPorts {
  return {
    network: NETWORKS.localnet,
    name: 'localnet',
    client: CLIENT,
    folder,
    createLook: () => look,
    everyMs: 1,
  }
}

function lines(out: string): Record<string, unknown>[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('tasks/watch', () => {
  const folder = temporaryFolder()

  it('prints one JSON value, the deals document, when nothing is awaited any more', async () => {
    const { io, document } = await actJson((run) => watch(NOTHING, run, ports(folder())))
    expect(document).to.include({ version: 1, kind: 'deals', epoch: 100 })
    const { timelines } = document as unknown as DealsDocument
    expect(timelines[0]?.replicas.map(({ waiting }) => waiting)).to.deep.equal([null, null])
    expect(io.exitCode()).to.equal(0)
    expect(io.err()).to.include('replica 2 waits for active: f01001 seals it')
  })

  it('streams a JSON value a line with --follow: each step once, and what became of it', async () => {
    const io = fakeIo()
    await runTask(
      { json: true, verbose: false },
      (run) => watch({ ...NOTHING, follow: true }, run, ports(folder())),
      io,
    )
    const told = lines(io.out())
    expect(told.map(({ kind, id }) => id ?? kind)).to.deep.equal([
      `${PROPOSAL_ID}:published:7`,
      `${PROPOSAL_ID}:active:7`,
      `${PROPOSAL_ID}:active:8`,
      'followed',
    ])
    expect(told[0]).to.deep.equal({
      version: 1,
      kind: 'step',
      network: 'localnet',
      client: CLIENT,
      proposalId: PROPOSAL_ID,
      pieceCid: DEALS.timelines[0]?.pieceCid,
      replica: 1,
      provider: 'f01000',
      dealId: 7,
      id: `${PROPOSAL_ID}:published:7`,
      step: 'published',
      epoch: 80,
      at: null,
      text: 'published by f01000 as deal 7',
      source: 'event DealPublished of 0x5fbd, transaction 0x12',
      link: 'https://explorer.example/tx/0x12',
    })
    expect(told[3]).to.include({ how: 'done', active: 2, waiting: 0, untold: 0, epoch: 100 })
    expect(io.exitCode()).to.equal(0)
  })

  it('tells a person each step in a line with its source', async () => {
    const io = await actPlain((run) => watch({ ...NOTHING, json: false }, run, ports(folder())))
    expect(io.out()).to.include(
      'epoch 80  0x1a1a1a1a replica 1  published by f01000 as deal 7 [event DealPublished of 0x5fbd, transaction 0x12] https://explorer.example/tx/0x12\n',
    )
    expect(io.out()).to.match(/Nothing is awaited any more: 2 of 2 replicas active\.\n$/)
  })

  it('goes on in a restart where it was, with --state', async () => {
    const state = join(folder(), 'state')
    const again = async (activeAt: number) => {
      const io = fakeIo({ cwd: folder() })
      const args = { ...NOTHING, follow: true, state, timeout: activeAt > 9 ? '1s' : undefined }
      await runTask(
        { json: true, verbose: false },
        (run) => watch(args, run, { ...ports(folder(), story(activeAt)), everyMs: 2000 }),
        io,
      )
      return { told: lines(io.out()).map(({ id, how }) => id ?? how), code: io.exitCode() }
    }
    expect(await again(99)).to.deep.equal({
      told: [`${PROPOSAL_ID}:published:7`, `${PROPOSAL_ID}:active:7`, 'deadline'],
      code: 2,
    })
    expect(await again(1)).to.deep.equal({ told: [`${PROPOSAL_ID}:active:8`, 'done'], code: 0 })
  })

  it('ends with exit code 2 when it is interrupted, and says how to look again', async () => {
    const io = fakeIo()
    const look = async () => {
      io.interrupt()
      return story(99)()
    }
    await runTask(
      { json: false, verbose: false },
      (run) => watch({ ...NOTHING, json: false }, run, ports(folder(), look)),
      io,
    )
    expect(io.exitCode()).to.equal(2)
    expect(io.out()).to.match(
      /Stopped: 1 of 2 replicas active, 1 waiting\.\nNext: npx hardhat deals --network localnet\n$/,
    )
  })

  it('does not count proposals that were over when it began, unless they are named', async () => {
    const io = await actPlain((run) =>
      watch({ ...NOTHING, json: false }, run, ports(folder(), overAlready)),
    )
    expect(io.exitCode()).to.equal(0)
    expect(io.out()).to.match(/nothing was waiting/)
  })

  it('refuses options that it cannot take', async () => {
    const io = fakeIo()
    await runTask(
      { json: true, verbose: false },
      (run) => watch({ ...NOTHING, timeout: 'soon' }, run, ports(folder())),
      io,
    )
    expect(io.exitCode()).to.equal(1)
    expect(lines(io.out())[0]).to.include({ kind: 'error', code: 'ARGUMENT_INVALID' })
    for (const bad of [
      { metrics: '99999' },
      { webhook: 'ftp://x' },
      { webhook: 'https://u:p@x/' },
    ]) {
      const { io: refused, document } = await actJson((run) =>
        watch({ ...NOTHING, ...bad }, run, ports(folder())),
      )
      expect([document['code'], refused.exitCode()]).to.deep.equal(['ARGUMENT_INVALID', 1])
    }
  })

  it('quotes no webhook that it refuses, from wherever it comes', async () => {
    for (const bad of ['hooks.example/services/hush', 'ftp://x/hush', 'https://u:hush@x/']) {
      for (const [webhook, env] of [
        [bad, {}],
        [undefined, { SEALIFT_WEBHOOK: bad }],
      ] as const) {
        const io = fakeIo({ env })
        await runTask(
          { json: true, verbose: true },
          (run) => watch({ ...NOTHING, webhook }, run, ports(folder())),
          io,
        )
        expect(lines(io.out())[0]).to.include({ kind: 'error', code: 'ARGUMENT_INVALID' })
        expect(io.out() + io.err()).to.not.include('hush')
      }
    }
  })

  it('takes the webhook from the environment unless one is typed', async () => {
    let taken = 0
    const server = createServer((request, response) => {
      taken += 1
      request.resume()
      response.writeHead(204).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    try {
      const io = fakeIo({ env: { SEALIFT_WEBHOOK: `http://127.0.0.1:${port}/hush` } })
      await runTask(
        { json: true, verbose: true },
        (run) => watch(NOTHING, run, ports(folder())),
        io,
      )
      expect(io.exitCode()).to.equal(0)
      expect(taken).to.equal(3)
      expect(io.out() + io.err()).to.not.include('hush')
    } finally {
      server.close()
    }
  })

  it('posts each step to a webhook and shows its token nowhere', async () => {
    const bodies: string[] = []
    const headers: IncomingMessage['headers'][] = []
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      headers.push(request.headers)
      const isFirst = bodies.push(await text(request)) === 1
      response.writeHead(isFirst ? 500 : 204).end()
    }
    const server = createServer((request, response) => void answer(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    try {
      const io = fakeIo({ env: { SEALIFT_WEBHOOK_SECRET: 'key-of-mine' } })
      await runTask(
        { json: true, verbose: true },
        (run) =>
          watch(
            { ...NOTHING, webhook: `http://127.0.0.1:${port}/hook?token=hush` },
            run,
            ports(folder()),
          ),
        io,
      )
      expect(io.exitCode()).to.equal(0)
      expect(io.out() + io.err()).to.not.match(/hush|key-of-mine/)
      const ids = bodies.map((body) => (JSON.parse(body) as { id: string }).id)
      expect(ids).to.deep.equal([
        `${PROPOSAL_ID}:published:7`,
        `${PROPOSAL_ID}:published:7`,
        `${PROPOSAL_ID}:active:7`,
        `${PROPOSAL_ID}:active:8`,
      ])
      expect(headers[0]?.['idempotency-key']).to.equal(ids[0])
      expect(headers[0]?.['x-sealift-signature']).to.match(/^sha256=[0-9a-f]{64}$/)
    } finally {
      server.close()
    }
  })
})
