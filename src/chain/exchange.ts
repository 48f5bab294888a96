/**
 * Requests to answers, over whichever endpoint answers: what may be asked again is, after a pause that grows and is drawn
 * by lot (so that many programs do not come back at once), within a budget of tries and time.
 */
import { StorageError } from '../errors.ts'
import type { Clock } from './clock.ts'
import { checkEndpoint, type Endpoint, nextEndpoint, noteAnswer, noteFault } from './endpoints.ts'
import type { Network } from './networks.ts'
import { oneLine } from './one-line.ts'
import { isRepeatable, mended, verdictOn } from './rpc-policy.ts'
import { type Posted, type RpcAnswer, type RpcRequest, TransportFault } from './transport.ts'

export interface Budget {
  /** Posts for one exchange. */
  readonly tries: number
  /** For one exchange. */
  readonly totalMs: number
  /** For one post. */
  readonly postMs: number
  /** The pause after the first round over all endpoints is up to this; twice as long after each further one. */
  readonly pauseMs: number
  readonly longestPauseMs: number
}

/** Within the 30 s that `callNode` gives a call. */
const PUBLIC_BUDGET: Budget = {
  tries: 8,
  totalMs: 28_000,
  postMs: 15_000,
  pauseMs: 500,
  longestPauseMs: 8_000,
}
const LOCAL_BUDGET: Budget = { ...PUBLIC_BUDGET, pauseMs: 50, longestPauseMs: 1_000 }

export function budgetFor(isLocal: boolean): Budget {
  return isLocal ? LOCAL_BUDGET : PUBLIC_BUDGET
}

export interface Surroundings {
  readonly network: Network
  readonly endpoints: readonly Endpoint[]
  readonly budget: Budget
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  readonly signal: AbortSignal | undefined
  /** Told what a person may want to know: another endpoint is used, one is left out. */
  readonly notice: (text: string) => void
  /** Looks at an answer before it counts: whether another endpoint should be asked. */
  readonly doubts: (
    endpoint: Endpoint,
    request: RpcRequest,
    answer: RpcAnswer,
    posted: Posted,
  ) => boolean
  /** Whether the endpoint can answer at all. */
  readonly suits: (endpoint: Endpoint, requests: readonly RpcRequest[]) => Promise<boolean>
}

/** What the last endpoint said to each that is not answered. */
interface Left {
  readonly request: RpcRequest
  answer: RpcAnswer | undefined
}

/**
 * In the order of the requests.
 * @throws UNKNOWN_NETWORK; NODE_UNREACHABLE with what each endpoint did instead; what the signal was aborted with
 */
export async function exchange(
  requests: readonly RpcRequest[],
  around: Surroundings,
): Promise<RpcAnswer[]> {
  const answers = new Map<number, RpcAnswer>()
  const left: Left[] = requests.map((request) => ({ request, answer: undefined }))
  const once = requests.every(isRepeatable) ? undefined : around.endpoints.slice(0, 1)
  const { clock, budget } = around
  const end = clock.now() + budget.totalMs
  const tried = new Map<Endpoint, number>()
  const said = new Map<string, string>()
  for (let attempt = 0; attempt < budget.tries; attempt += 1) {
    const endpoint = nextEndpoint(once ?? around.endpoints, tried, clock.now())
    if (endpoint === undefined) break
    if (!(await waitFor(endpoint, tried.get(endpoint) ?? 0, end, around))) break
    tried.set(endpoint, (tried.get(endpoint) ?? 0) + 1)
    try {
      const asked = left.map(({ request }) => request)
      const options = {
        timeoutMs: Math.max(1, Math.min(budget.postMs, end - clock.now())),
        signal: around.signal,
      }
      if (!(await checkEndpoint(endpoint, around.network, options))) {
        around.notice(`${endpoint.name} serves another chain and is left out`)
        continue
      }
      if (!(await around.suits(endpoint, asked))) {
        said.set(endpoint.name, 'it is behind')
        continue
      }
      const posted = await endpoint.post(asked, options)
      noteAnswer(endpoint)
      settle(endpoint, posted, left, answers, around)
      if (left.length === 0) return inOrder(requests, answers)
      for (const { answer } of left)
        if (answer?.error !== undefined) said.set(endpoint.name, oneLine(answer.error.message))
      if (isWithoutHope(left, endpointsLeft(around, tried))) break
    } catch (fault) {
      if (!(fault instanceof TransportFault)) throw fault
      if (fault.kind === 'no-batches') return oneByOne(requests, around)
      noteFault(endpoint, fault, clock.now())
      said.set(endpoint.name, fault.message)
      // What cannot be repeated is, where it certainly was not done.
      if (once !== undefined && fault.kind !== 'refused' && fault.kind !== 'busy') break
    }
  }
  for (const { request, answer } of left) {
    if (answer === undefined) throw unreachable(request, said, around.network)
    answers.set(request.id, answer)
  }
  return inOrder(requests, answers)
}

/** Keeps what is answered, and for the rest what was said. */
function settle(
  endpoint: Endpoint,
  posted: Posted,
  left: Left[],
  answers: Map<number, RpcAnswer>,
  { doubts }: Surroundings,
): void {
  for (const one of left.slice()) {
    const { request } = one
    const raw = posted.answers.find(({ id }) => id === request.id)
    if (raw === undefined) continue
    const answer = mended(raw, request)
    one.answer = answer
    const isFinal = verdictOn(answer, request) === 'final' || !isRepeatable(request)
    if (!isFinal || doubts(endpoint, request, answer, posted)) continue
    answers.set(request.id, answer)
    left.splice(left.indexOf(one), 1)
  }
}

/** No endpoint that was not asked is left, and none would say anything else later. */
function isWithoutHope(left: readonly Left[], untried: number): boolean {
  return (
    untried === 0 &&
    left.every(
      ({ request, answer }) => answer !== undefined && verdictOn(answer, request) !== 'again',
    )
  )
}

function endpointsLeft({ endpoints }: Surroundings, tried: ReadonlyMap<Endpoint, number>): number {
  return endpoints.filter((endpoint) => !endpoint.isForeign && !tried.has(endpoint)).length
}

/** Not at all for one that was not asked before. @returns False where the budget ends before it is over. */
async function waitFor(
  { busyUntil }: Endpoint,
  round: number,
  end: number,
  { clock, budget, random, signal }: Surroundings,
): Promise<boolean> {
  const longest = Math.min(budget.longestPauseMs, budget.pauseMs * 2 ** (round - 1))
  const pause = Math.max(round === 0 ? 0 : random() * longest, busyUntil - clock.now())
  if (clock.now() + pause >= end) return false
  if (pause > 0) await clock.sleep(pause, signal)
  return true
}

async function oneByOne(
  requests: readonly RpcRequest[],
  around: Surroundings,
): Promise<RpcAnswer[]> {
  const answers: RpcAnswer[] = []
  for (const request of requests) answers.push(...(await exchange([request], around)))
  return answers
}

function inOrder(
  requests: readonly RpcRequest[],
  answers: ReadonlyMap<number, RpcAnswer>,
): RpcAnswer[] {
  return requests.flatMap(({ id }) => answers.get(id) ?? [])
}

function unreachable(
  { method }: RpcRequest,
  said: ReadonlyMap<string, string>,
  network: Network,
): StorageError {
  const what = `no node of ${network.name} answered ${method}`
  const words = [...said].map(([name, reason]) => `${name}: ${reason}`)
  const isPage = [...said.values()].some((reason) => /web page|no JSON/.test(reason))
  return new StorageError('NODE_UNREACHABLE', {
    what,
    ...(words.length === 0 ? {} : { got: words.join('; ') }),
    hint: isPage
      ? 'The URL leads to a web page, not to a node: look at it in hardhat.config.ts. Those of nodes often end in /rpc/v1.'
      : 'Check the network connection and the URL of the node in hardhat.config.ts.',
  })
}
