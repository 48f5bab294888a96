/** What the page asked to send: one at a time for a proposal, each remembered with how it went. */
import { type Network, transactionLink } from '../chain/networks.ts'
import type { ActionDocument, ActionKind, Problem } from './documents.ts'

export interface Order {
  readonly action: ActionKind
  readonly proposalId: string
  /** What the action is about. */
  readonly dealIds: readonly bigint[]
}

/** Sends and waits until it is mined; the hash. Tells the hash as soon as a node took it. */
export type Send = (order: Order, onSent: (tx: string) => void) => Promise<string>

export interface Desk {
  /** The newest first. */
  list(): readonly ActionDocument[]
  /** Undefined while something is under way for the proposal: nothing is sent twice. */
  take(order: Order): ActionDocument | undefined
}

export interface DeskOptions {
  readonly network: Network
  readonly send: Send
  readonly explain: (error: unknown) => Problem
  /** Whenever something about an action has changed. */
  readonly onChange: (action: ActionDocument) => void
  /** Unix milliseconds. */
  readonly now?: () => number
}

const REMEMBERED = 20

const isOver = ({ state }: ActionDocument): boolean => state === 'done' || state === 'failed'

export function openDesk({ network, send, explain, onChange, now = Date.now }: DeskOptions): Desk {
  let actions: readonly ActionDocument[] = []
  let count = 0

  function change(number: number, news: Partial<ActionDocument>): void {
    actions = actions.map((one) => (one.number === number ? { ...one, ...news } : one))
    const changed = actions.find((one) => one.number === number)
    if (changed !== undefined) onChange(changed)
  }
  const sent = (tx: string) => ({ tx, link: transactionLink(network, tx) ?? null })

  async function carryOut(order: Order, number: number): Promise<void> {
    try {
      const tx = await send(order, (hash) => change(number, { state: 'sent', ...sent(hash) }))
      change(number, { state: 'done', ...sent(tx) })
    } catch (error) {
      change(number, { state: 'failed', problem: explain(error) })
    }
  }

  return {
    list: () => actions,
    take(order) {
      const isBusy = actions.some((one) => one.proposalId === order.proposalId && !isOver(one))
      if (isBusy) return undefined
      count += 1
      const { action, proposalId } = order
      const at = new Date(now()).toISOString()
      const taken: ActionDocument = {
        number: count,
        action,
        proposalId,
        state: 'sending',
        at,
        tx: null,
        link: null,
        problem: null,
      }
      // What is under way is never forgotten.
      const old = actions.filter((one, index) => index < REMEMBERED - 1 || !isOver(one))
      actions = [taken, ...old]
      onChange(taken)
      void carryOut(order, count)
      return taken
    },
  }
}
