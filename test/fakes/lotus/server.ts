/**
 * A Lotus node in front of a Hardhat node, over HTTP, that also does what networks do to requests: `faults.ts` has the list.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Provider } from '../../../src/localnet/provider.ts'
import { ChainView } from './chain-view.ts'
import { type Fault, FaultDice, type Schedule } from './faults.ts'
import { asking, quantity, RpcError } from './inner.ts'
import { type Limits, LIMITS } from './limits.ts'
import { MessagePool } from './message-pool.ts'
import { answer, type Node } from './methods.ts'

export interface LotusNodeOptions {
  /** The Hardhat node. */
  readonly provider: Provider
  readonly schedule?: Schedule | undefined
  /** Every request gets it, as long as the test says so. */
  readonly always?: Fault | undefined
  /** Default: that of the node behind. */
  readonly chainId?: bigint | undefined
  readonly limits?: Limits | undefined
  /** Seconds that its clock and its blocks are ahead of what they are. */
  readonly clockOffset?: number | undefined
}

export interface LotusNode {
  readonly url: string
  /** Methods in the order of their coming, batches flattened. */
  readonly methods: readonly string[]
  /** Raw transactions that the pool took, by hash. */
  readonly taken: ReadonlyMap<string, string>
  readonly struck: FaultDice['struck']
  /** From now on; undefined ends it. */
  always(fault: Fault | undefined): void
  /** As the fault of this name. */
  reorganise(depth: bigint, epochs: bigint): Promise<void>
  close(): Promise<void>
}

/** Requests of a batch that a public node takes. */
const MAX_BATCH = 100
const INVALID_REQUEST = -32600
const PARSE_ERROR = -32700
const PAGE =
  '<!doctype html><html><head><title>Welcome</title></head><body><h1>Sign in to continue</h1></body></html>'

interface Call {
  readonly id: unknown
  readonly method: string
  readonly params: readonly unknown[]
}

export async function startLotusNode(options: LotusNodeOptions): Promise<LotusNode> {
  const ask = asking(options.provider)
  const chainId = BigInt(String(await ask('eth_chainId')))
  const view = new ChainView(ask)
  const pool = new MessagePool(ask, chainId, (options.limits ?? LIMITS).pending)
  const faults = new FaultDice(options.schedule ?? [])
  const node: Node = {
    ask,
    view,
    pool,
    chainId: options.chainId ?? chainId,
    limits: options.limits ?? LIMITS,
    clockOffset: options.clockOffset ?? 0,
  }
  const methods: string[] = []
  const taken = new Map<string, string>()
  const withReceipt = new Set<string>()
  let { always } = options

  /** What strikes the view, not the line. */
  async function answerCall(call: Call, struck: readonly Fault[]): Promise<unknown> {
    const { id, method, params } = call
    let [behind, ahead] = [0n, 0n]
    for (const fault of struck) {
      if (fault.kind === 'behind') behind += fault.epochs
      if (fault.kind === 'ahead') ahead += fault.epochs
      if (fault.kind === 'null-rounds')
        await ask('localnet_nullRounds', [quantity(fault.epochs)]).catch(() => undefined)
      if (fault.kind === 'reorg') await reorganise(fault.depth, fault.epochs)
    }
    try {
      const result = await answer(node, { method, params, behind, ahead })
      if (method === 'eth_sendRawTransaction') {
        taken.set(String(result), String(params[0]))
        if (struck.some(({ kind }) => kind === 'forget')) pool.forget(String(result))
      }
      if (method === 'eth_getTransactionReceipt') await mined(params[0], result)
      return { jsonrpc: '2.0', id, result }
    } catch (error) {
      const { code, message, data } =
        error instanceof RpcError ? error : new RpcError(1, String(error))
      return {
        jsonrpc: '2.0',
        id,
        error: { code, message, ...(data === undefined ? {} : { data }) },
      }
    }
  }

  /** The client learns that it is mined, and then it is not. */
  async function mined(hash: unknown, receipt: unknown): Promise<void> {
    if (typeof hash !== 'string' || receipt === null || withReceipt.has(hash)) return
    withReceipt.add(hash)
    const { blockNumber } = receipt as { blockNumber: string }
    for (const fault of faults.next('receipt'))
      if (fault.kind === 'reorg')
        await view.reorganise(BigInt(blockNumber), fault.depth, fault.epochs)
  }

  async function reorganise(depth: bigint, epochs: bigint): Promise<void> {
    await view.reorganise(await view.latest(), depth, epochs)
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request)
    if (body === undefined) return
    const parsed = parse(body)
    const calls = parsed === undefined ? [] : Array.isArray(parsed) ? parsed : [parsed]
    methods.push(...calls.map(({ method }) => method))
    const struck = calls.map(({ method }) => [
      ...(always === undefined ? [] : [always]),
      ...faults.next(method),
    ])
    const line = struck.flat()
    for (const fault of line) if (fault.kind === 'delay') await sleep(fault.ms)
    if (line.some((fault) => isLost(fault, false))) return lose(line, request, response)
    await pool.settle()
    const answers: unknown[] = []
    if (parsed === undefined) answers.push(failure(PARSE_ERROR, 'not JSON'))
    else if (calls.length > MAX_BATCH)
      answers.push(
        failure(INVALID_REQUEST, `batch of ${calls.length} requests: at most ${MAX_BATCH}`),
      )
    else
      for (const [index, call] of calls.entries())
        answers.push(await answerCall(call, struck[index] ?? []))
    if (line.some((fault) => isLost(fault, true))) return lose(line, request, response)
    const isBatch = Array.isArray(parsed) && calls.length <= MAX_BATCH
    const text = JSON.stringify(isBatch ? answers : answers[0])
    const isCut = line.some(({ kind }) => kind === 'truncate')
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.end(isCut ? text.slice(0, Math.floor(text.length / 2)) : text)
  }

  const server = createServer((request, response) => {
    const { clockOffset } = node
    if (clockOffset !== 0)
      response.setHeader('Date', new Date(Date.now() + clockOffset * 1000).toUTCString())
    serve(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    methods,
    taken,
    struck: faults.struck,
    always: (fault) => {
      always = fault
    },
    reorganise,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The answer is lost on its way, before or after the node worked on the request. */
function isLost(fault: Fault, taken: boolean): boolean {
  if (fault.kind === 'html') return !taken
  return (fault.kind === 'drop' || fault.kind === 'status') && fault.taken === taken
}

function lose(line: readonly Fault[], request: IncomingMessage, response: ServerResponse): void {
  const fault = line.find((one) => isLost(one, true) || isLost(one, false))
  if (fault?.kind === 'status') {
    const retry = fault.status === 429 ? { 'Retry-After': '1' } : {}
    response.writeHead(fault.status, { 'Content-Type': 'text/plain', ...retry })
    response.end(fault.status === 429 ? 'Too Many Requests' : 'Internal Server Error')
  } else if (fault?.kind === 'html') {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(PAGE)
  } else {
    request.socket.destroy()
  }
}

async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk)
  } catch {
    return undefined
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(body: string): Call | Call[] | undefined {
  const callOf = (one: unknown): Call => {
    const { id = null, method = '', params = [] } = one as Partial<Call>
    return { id, method, params }
  }
  try {
    const parsed: unknown = JSON.parse(body)
    return Array.isArray(parsed) ? parsed.map(callOf) : callOf(parsed)
  } catch {
    return undefined
  }
}

function failure(code: number, message: string): unknown {
  return { jsonrpc: '2.0', id: null, error: { code, message } }
}
