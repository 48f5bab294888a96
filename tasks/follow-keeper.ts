/** What a keeper decides and finds: a line for a person, or a line of JSON for a machine. */
import { formatFil } from '../src/deal/units.ts'
import type { KeeperEvent, StoreDecision } from '../src/keeper/events.ts'
import type { Fact } from '../src/keeper/facts.ts'
import { formatPlural } from '../src/terminal/format.ts'

/** Undefined for what needs no line. */
export function keeperLine(event: KeeperEvent): string | undefined {
  switch (event.type) {
    case 'decided':
      return decided(event.decision)
    case 'fact':
      return found(event.fact)
    case 'trouble':
      return `${event.what} failed, and is tried again: ${event.error.message}`
    default:
      return event satisfies never
  }
}

/** One line; amounts are decimal text. */
export function keeperJson(event: KeeperEvent): string {
  const { type } = event
  if (type === 'trouble')
    return JSON.stringify({ type, what: event.what, error: event.error.message })
  if (type === 'fact') return JSON.stringify({ type, ...event.fact }, hidden)
  return JSON.stringify({ type, ...event.decision }, hidden)
}

/** What is signed is long, and on the disk. */
function hidden(key: string, value: unknown): unknown {
  if (key === 'raw') return undefined
  return typeof value === 'bigint' ? value.toString() : value
}

const ACTIONS: Readonly<Record<StoreDecision['action'], string>> = {
  poke: 'poked',
  unprofitable: 'not poked, it does not pay',
  'no-source': 'not poked, the data cannot be had',
  refused: 'not poked, the contract refuses',
  later: 'poked later, enough messages are on their way',
}

function decided({ id, action, why, pay, cost, location }: StoreDecision): string {
  const money =
    pay === undefined || cost === undefined
      ? ''
      : ` (brings ${formatFil(pay)}, costs ${formatFil(cost)})`
  const from = location === undefined ? '' : `, to be fetched from ${location}`
  return `store ${id} is ${ACTIONS[action]}${money}${from}: ${why}`
}

function found(fact: Fact): string | undefined {
  switch (fact.kind) {
    case 'intended':
      return fact.ids.length === 0
        ? `message ${fact.nonce} fills a gap`
        : `message ${fact.nonce} pokes ${formatPlural(fact.ids.length, 'store')}: ${fact.hash ?? 'signed by the node'}`
    case 'replaced':
      return `message ${fact.nonce} is sent with higher fees: ${fact.hash ?? 'signed by the node'}`
    case 'mined':
      return [
        `message ${fact.nonce} is mined in epoch ${fact.block}`,
        fact.isSuccess ? `paid ${formatFil(BigInt(fact.paid))}` : 'and failed',
        `gas ${formatFil(BigInt(fact.fee))}`,
        ...(fact.failed.length === 0 ? [] : [`not served: ${fact.failed.join(', ')}`]),
      ].join(', ')
    case 'unmined':
      return `the block of message ${fact.nonce} has left the chain`
    case 'dropped':
      return `message ${fact.nonce} is given up: ${fact.reason}`
    case 'opened':
    case 'sent':
    case 'final':
      return undefined
    default:
      return fact satisfies never
  }
}
