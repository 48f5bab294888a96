/** `watch [ID]`: tells each step of proposals and deals as it comes, on the terminal, as NDJSON, to a webhook, in metrics. */
import { join, resolve } from 'node:path'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import type { Network } from '../src/chain/networks.ts'
import type { DealsDocument } from '../src/flow/documents.ts'
import { type MetricsServer, serveText } from '../src/flow/metrics-server.ts'
import { follow, type Followed } from '../src/follow/follow.ts'
import type { Listener } from '../src/follow/listener.ts'
import { createLook, isWaiting, type Look } from '../src/follow/look.ts'
import { briefMemory, openMemory } from '../src/follow/memory.ts'
import { followMetrics } from '../src/follow/metrics.ts'
import { webhook } from '../src/follow/webhook.ts'
import { formatPlural } from '../src/terminal/format.ts'
import { withFlow } from './context.ts'
import { stepLine, waitingLine } from './describe-timeline.ts'
import { hookOf } from './hook.ts'
import { mannersOf } from './manners.ts'
import { defaults, onNetwork } from './messages.ts'
import { type Outcome, type Run, runTask } from './run.ts'
import { selectDeals } from './select.ts'
import { timelineSources } from './timeline-sources.ts'
import {
  isProposalId,
  optional,
  stateFolder,
  toCount,
  toMilliseconds,
  toProposalId,
} from './values.ts'

export interface WatchArguments {
  readonly id: string | undefined
  readonly follow: boolean
  readonly stay: boolean
  readonly timeout: string | undefined
  readonly webhook: string | undefined
  readonly metrics: string | undefined
  readonly state: string | undefined
  readonly depot: string | undefined
  readonly contract: string | undefined
  readonly json: boolean
}

type Wanted = Omit<WatchArguments, 'depot' | 'contract'>

export interface WatchPorts {
  readonly network: Network
  /** As `--network` names it. */
  readonly name: string
  /** Address of the client contract. */
  readonly client: string
  /** Folder that remembers, where one is asked for and none is named. */
  readonly folder: string
  readonly createLook: (select: ((all: DealsDocument) => readonly string[]) | undefined) => Look
  /** Between two looks, in milliseconds; by the network unless stated. */
  readonly everyMs?: number
}

interface FollowedDocument {
  readonly version: 1
  readonly kind: 'followed'
  readonly network: string
  readonly how: Followed['how']
  /** Null when there was no look that succeeded. */
  readonly epoch: number | null
  /** Replicas that are active or ran to their end, and those that wait. */
  readonly active: number
  readonly waiting: number
  /** Steps that the webhook has not taken; it gets them in the next run. */
  readonly untold: number
}

/** Between two looks: a local chain makes blocks at once, a public one every 30 s. */
const LOCAL_LOOK_MS = 1_000
const PUBLIC_LOOK_MS = 30_000
const MAX_PORT = 65_535

export async function watch(
  args: Wanted,
  run: Run,
  ports: WatchPorts,
): Promise<Outcome<DealsDocument | FollowedDocument>> {
  const { network, name, client } = ports
  const deadlineMs = optional('--timeout', args.timeout, toMilliseconds)
  const port = optional('--metrics', args.metrics, (option, text) =>
    toCount(option, text, 0, MAX_PORT),
  )
  const hook = hookOf(args.webhook, run.env)
  if (hook !== undefined) run.hides(hook)
  const secret = run.env['SEALIFT_WEBHOOK_SECRET']
  if (secret !== undefined && secret !== '') run.hides(secret)
  const folder = args.state === undefined ? ports.folder : resolve(run.cwd, args.state)
  const remembers = args.state !== undefined || hook !== undefined
  const isStream = args.follow || !args.json
  const listeners: Listener[] = [
    {
      name: 'stdout',
      take: async (step) => {
        if (isStream) run.emit(step, [stepLine(step)])
        else run.progress.line(stepLine(step))
      },
    },
    ...(hook === undefined ? [] : [webhook({ url: hook, secret })]),
  ]
  const counts = { failedLooks: 0, failedTells: 0 }
  let seen: DealsDocument | undefined
  const waits = new Map<string, string>()
  const missed = new Set<string>()
  const memory = remembers ? await openMemory(folder) : briefMemory()
  let server: MetricsServer | undefined
  try {
    if (port !== undefined) {
      server = await serveText(() => followMetrics({ document: seen, ...counts }), {
        host: defaults.depotHost,
        port,
      })
      run.progress.line(`metrics at ${server.url}`)
    }
    const local = network.name === 'localnet'
    const { how, document, untold } = await follow({
      look: ports.createLook(selection(args.id)),
      origin: { network: network.name, client },
      memory,
      listeners,
      everyMs: ports.everyMs ?? (local ? LOCAL_LOOK_MS : PUBLIC_LOOK_MS),
      stay: args.stay,
      deadlineMs,
      signal: run.signal,
      onLook: (one) => {
        // What was over at the first look is not what is waited for, unless it was named.
        if (seen === undefined && args.id === undefined)
          for (const timeline of one.timelines)
            if (!isWaiting(timeline)) missed.add(timeline.proposalId)
        seen = one
        for (const line of waitingNews(one, waits)) run.progress.line(line)
      },
      onError: ({ message }) => {
        counts.failedLooks += 1
        run.progress.line(`the node is asked again later: ${message}`)
      },
      onTrouble: (_listener, { message }) => {
        counts.failedTells += 1
        run.progress.line(`a step is told again later: ${message}`)
      },
    })
    return outcome({ how, document, untold }, missed, args, { network, name })
  } finally {
    await server?.close()
    await memory.close()
  }
}

/** Of each replica, when what it waits for has changed. */
function waitingNews({ timelines }: DealsDocument, before: Map<string, string>): string[] {
  return timelines.flatMap(({ proposalId, replicas }) =>
    replicas.flatMap(({ replica, provider, waiting }) => {
      const key = `${proposalId} ${replica}`
      const now = waiting === null ? '' : `${waiting.for} ${provider ?? ''}`
      const isNews = now !== (before.get(key) ?? '')
      before.set(key, now)
      return isNews && waiting !== null ? [waitingLine(proposalId, replica, waiting)] : []
    }),
  )
}

function outcome(
  { how, document, untold }: Followed,
  over: ReadonlySet<string>,
  { json, follow: isStream }: Pick<Wanted, 'json' | 'follow'>,
  { network, name }: Pick<WatchPorts, 'network' | 'name'>,
): Outcome<DealsDocument | FollowedDocument> {
  const replicas = (document?.timelines ?? [])
    .filter(({ proposalId }) => !over.has(proposalId))
    .flatMap((timeline) => timeline.replicas)
  const isGood = ({ steps }: (typeof replicas)[number]): boolean =>
    steps.some(({ step }) => step === 'active') && !steps.some(({ step }) => step === 'terminated')
  const active = replicas.filter(isGood).length
  const waiting = replicas.filter((one) => one.waiting !== null).length
  const isIncomplete = how !== 'done' || active < replicas.length
  const followed: FollowedDocument = {
    version: 1,
    kind: 'followed',
    network: network.name,
    how,
    epoch: document?.epoch ?? null,
    active,
    waiting,
    untold,
  }
  const isStory = isStream || !json || document === undefined
  return {
    document: isStory ? followed : document,
    text: sentences(followed, replicas.length, document?.proposals.length ?? 0, name),
    isIncomplete,
  }
}

function sentences(
  { how, active, waiting, untold }: FollowedDocument,
  replicas: number,
  proposals: number,
  name: string,
): string[] {
  const next = `Next: npx hardhat ${proposals === 0 && how === 'done' ? 'make-deal --file PATH' : 'deals'}${onNetwork(name)}`
  const late =
    untold === 0
      ? []
      : [`The webhook has not taken ${formatPlural(untold, 'step')}; it gets them next time.`]
  if (how === 'done' && proposals === 0) return ['No proposals.', next]
  const ending = {
    done: 'Nothing is awaited any more',
    interrupted: 'Stopped',
    deadline: 'Timed out',
  }
  const counts = `${active} of ${formatPlural(replicas, 'replica')} active${waiting === 0 ? '' : `, ${waiting} waiting`}`
  const over = how === 'done' && replicas === 0 ? 'nothing was waiting' : counts
  return [
    `${ending[how]}: ${over}.`,
    ...late,
    ...(how === 'done' && active === replicas ? [] : [next]),
  ]
}

function selection(
  id: string | undefined,
): ((all: DealsDocument) => readonly string[]) | undefined {
  if (id === undefined) return undefined
  const wanted = isProposalId(id) ? toProposalId('ID', id) : id
  return (all) => selectDeals(all, wanted).proposals.map(({ proposalId }) => proposalId)
}

/** Of `deals --follow` too. */
export default function action(
  args: WatchArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) =>
    withFlow(hre, run, args, async (context, name) => {
      const { network, client } = context
      const place = { ...run, root: hre.config.paths.root }
      const sources = await timelineSources(context, name, place, (why) => run.progress.line(why))
      return watch(args, run, {
        network,
        name,
        client: client.address,
        folder: join(
          stateFolder(place),
          'watch',
          `${network.name}-${client.address.toLowerCase()}`,
        ),
        createLook: (select) => createLook({ context, sources, select }),
      })
    }),
  )
}
