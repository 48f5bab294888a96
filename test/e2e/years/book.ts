/** What happened, from the logs alone: attempts, copies, pay, money that came in. Epochs are the chain's. */
import { type Account, type Attempt, type Copy, type Pay, REASONS } from './records.ts'
import type { World } from './world.ts'

const OUTCOMES = { 3: 'Missed', 4: 'Ended', 5: 'Terminated' } as const
/** Events of a client that a poke that changed something causes one of. */
const CHANGES = new Set(['ProposalMade', 'ProposalCancelled', 'ProposalReleased', 'DealClosed'])

interface RawLog {
  address: string
  topics: string[]
  data: string
  blockNumber: string
  transactionHash: string
}

/** What the fold tells those who wait for it. */
export interface News {
  readonly proposed: readonly Attempt[]
  readonly touched: ReadonlySet<number>
}

export class Book {
  readonly accounts = new Map<string, Account>()
  readonly accountOfStore = new Map<number, string>()
  readonly attempts = new Map<string, Attempt>()
  readonly copies = new Map<bigint, Copy>()
  readonly pays: Pay[] = []
  /** What clients sent to whom, attoFIL. */
  readonly received = new Map<string, bigint>()
  readonly failures: { at: number; store: number; error: string }[] = []
  readonly #world: World
  readonly #accountOfClient = new Map<string, string>()
  /** Of the poke that goes on, by client. */
  #changes = new Map<string, string[]>()
  #tx = ''

  #through: number
  #news = { proposed: [] as Attempt[], touched: new Set<number>() }

  /** @param through Epochs up to this one are not read. */
  constructor(world: World, through: number) {
    this.#world = world
    this.#through = through
  }

  /** Reads the logs since it read last, in their order. @returns The copies that were published. */
  async read(): Promise<readonly Copy[]> {
    const head = await this.#world.epoch()
    if (head <= this.#through) return []
    const filter = { fromBlock: quantity(this.#through + 1), toBlock: quantity(head) }
    this.#through = head
    const logs = await this.#world.node.request({ method: 'eth_getLogs', params: [filter] })
    const before = this.copies.size
    for (const log of logs as RawLog[]) this.#fold(log)
    return [...this.copies.values()].slice(before)
  }

  /** What is new since somebody took it. */
  take(): News {
    const news = this.#news
    this.#news = { proposed: [], touched: new Set() }
    return news
  }

  #fold(log: RawLog): void {
    const news = this.#news
    const { storage, client, address } = this.#world
    const own = log.address.toLowerCase() === address.toLowerCase()
    const event = (own ? storage : client).parseLog(log)
    if (event === null) return
    const at = Number(log.blockNumber)
    const { args, name } = event
    if (log.transactionHash !== this.#tx) this.#changes = new Map()
    this.#tx = log.transactionHash
    if (CHANGES.has(name)) {
      const known = this.#changes.get(log.address) ?? []
      this.#changes.set(log.address, [...known, name])
    }
    switch (name) {
      case 'ClientOpened': {
        const account = String(args['account'])
        const found = { client: String(args['client']).toLowerCase(), stores: [], deposited: 0n }
        this.accounts.set(account, found)
        this.#accountOfClient.set(found.client, account)
        return
      }
      case 'Stored':
        this.accountOfStore.set(Number(args['id']), String(args['account']))
        return
      case 'Received': {
        const account = this.#accountOfClient.get(log.address.toLowerCase())
        const known = this.accounts.get(account ?? '')
        if (known !== undefined) known.deposited += BigInt(args['amount'] as bigint)
        return
      }
      case 'Withdrawn': {
        // The client's own word, not that of the contract that has it pay.
        if (own) return
        const to = String(args['to']).toLowerCase()
        const amount = BigInt(args['amount'] as bigint)
        this.received.set(to, (this.received.get(to) ?? 0n) + amount)
        return
      }
      case 'ProposalMade':
        this.#terms.set(String(args['id']), String(args['request']))
        return
      case 'ProvidersLimited':
        this.#limits.set(String(args['id']), {
          judge: String(args['judge']),
          excluded: [...(args['excluded'] as bigint[])],
        })
        return
      case 'Proposed': {
        const attempt = this.#attempt(args.toArray() as never, at)
        this.attempts.set(attempt.proposalId, attempt)
        news.proposed.push(attempt)
        news.touched.add(attempt.store)
        const account = this.accounts.get(this.accountOfStore.get(attempt.store) ?? '')
        if (account !== undefined && !account.stores.includes(attempt.store))
          account.stores.push(attempt.store)
        return
      }
      case 'ProposalCancelled':
      case 'ProposalReleased': {
        const attempt = this.attempts.get(String(args['id']))
        if (attempt === undefined) return
        attempt.over = true
        news.touched.add(attempt.store)
        return
      }
      case 'DealPublished': {
        const attempt = this.attempts.get(String(args['id']))
        if (attempt === undefined) throw new Error(`published, never proposed: ${args['id']}`)
        attempt.published += 1
        const copy = {
          dealId: BigInt(args['dealId'] as bigint),
          attempt,
          provider: Number(args['provider']),
          publishedAt: at,
          activatedAt: undefined,
          lostAt: undefined,
          closed: undefined,
        }
        this.copies.set(copy.dealId, copy)
        return
      }
      case 'DealClosed': {
        const copy = this.copies.get(BigInt(args['dealId'] as bigint))
        if (copy !== undefined)
          copy.closed = OUTCOMES[Number(args['outcome']) as keyof typeof OUTCOMES]
        return
      }
      case 'Poked': {
        const store = Number(args['id'])
        const { client: of = '' } = this.accounts.get(this.accountOfStore.get(store) ?? '') ?? {}
        const changes = [...this.#changes].find(([key]) => key.toLowerCase() === of)
        const reason = REASONS[Number(args['reason'])] ?? 'Healthy'
        const keeper = String(args['keeper']).toLowerCase()
        const paid = BigInt(args['paid'] as bigint)
        const tx = log.transactionHash
        this.pays.push({ at, tx, store, keeper, reason, paid, changes: changes?.[1] ?? [] })
        // What one poke changed is not the next one's: stores of an account share its client.
        if (changes !== undefined) this.#changes.delete(changes[0])
        news.touched.add(store)
        return
      }
      case 'PokeFailed':
        this.failures.push({ at, store: Number(args['id']), error: String(args[1]) })
        return
      default:
    }
  }

  readonly #terms = new Map<string, string>()
  readonly #limits = new Map<string, { judge: string; excluded: readonly bigint[] }>()

  #attempt(
    args: readonly [bigint, string, bigint, bigint, readonly bigint[]],
    at: number,
  ): Attempt {
    const [id, proposalId, , , decision] = args
    const [reason, , , copies, start, end, step] = decision
    const store = Number(id)
    const request = this.#terms.get(proposalId) ?? ''
    const terms = this.#world.client.parseTransaction({ data: request })
    if (terms === null) throw new Error(`no terms of ${proposalId}`)
    const [deal, , allowed] = terms.args as unknown as [Record<string, bigint>, bigint, bigint[]]
    const limits = this.#limits.get(proposalId)
    const { client = '' } = this.accounts.get(this.accountOfStore.get(store) ?? '') ?? {}
    return {
      proposalId,
      store,
      client,
      reason: REASONS[Number(reason)] ?? 'Healthy',
      at,
      copies: Number(copies),
      start: Number(start),
      end: Number(end),
      step: Number(step),
      price: deal['storage_price_per_epoch'] ?? 0n,
      collateral: deal['provider_collateral'] ?? 0n,
      allowed: [...allowed],
      excluded: limits?.excluded ?? [],
      judge: limits === undefined || /^0x0+$/.test(limits.judge) ? undefined : limits.judge,
      published: 0,
      over: false,
    }
  }
}

function quantity(epoch: number): string {
  return `0x${epoch.toString(16)}`
}
