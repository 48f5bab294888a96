/** What a check is, and what it finds. */
import type { Fact, Facts } from './facts.ts'

export type Verdict = 'ok' | 'warning' | 'refused' | 'unknown'

/** Who would say no. */
export type Party = 'Boost' | 'Curio' | 'f05' | 'Lotus' | 'Sealift'

export const GROUPS = [
  'this machine',
  'network and money',
  'contract and proposal',
  'epochs and terms',
  'URL and depot',
  'providers',
] as const

export interface Check {
  /** `SL-Dgnn`, g the group. Stable. */
  readonly code: string
  /** What is so when all is well. */
  readonly title: string
  readonly by: readonly Party[]
  /** Where the rule is written. */
  readonly source: string
  /** Why it matters. */
  readonly why: string
  /** What to do, in general. */
  readonly fix: string
  /** Undefined: the facts have nothing that this is about. */
  readonly look: (facts: Facts) => Seen | readonly Seen[] | undefined
}

/** What a check saw. */
export interface Seen {
  readonly verdict: Verdict
  readonly seen: string
  readonly expected?: string | undefined
  /** Instead of the check's. */
  readonly fix?: string | undefined
  /** Command. */
  readonly next?: string | undefined
  /** A provider, where there are several. */
  readonly about?: string | undefined
}

export interface Finding {
  readonly code: string
  readonly title: string
  readonly group: (typeof GROUPS)[number]
  readonly by: readonly Party[]
  readonly verdict: Verdict
  readonly about: string | null
  readonly seen: string
  readonly expected: string | null
  /** Null when all is well. */
  readonly fix: string | null
  readonly next: string | null
}

type More = Omit<Seen, 'verdict' | 'seen' | 'about'>

export function ok(seen: string): Seen {
  return { verdict: 'ok', seen }
}

/** `more` is told only when it does not hold. */
export function must(holds: boolean, seen: string, more: More = {}): Seen {
  return holds ? ok(seen) : { verdict: 'refused', seen, ...more }
}

export function should(holds: boolean, seen: string, more: More = {}): Seen {
  return holds ? ok(seen) : { verdict: 'warning', seen, ...more }
}

/** What is not known is found unknown, with the reason. */
export function about<T>(fact: Fact<T>, look: (value: T) => Seen | undefined): Seen | undefined {
  return fact.known ? look(fact.value) : { verdict: 'unknown', seen: fact.why }
}

export function aboutBoth<A, B>(
  a: Fact<A>,
  b: Fact<B>,
  look: (a: A, b: B) => Seen | undefined,
): Seen | undefined {
  return about(a, (first) => about(b, (second) => look(first, second)))
}
