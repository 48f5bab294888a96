/** Facts → findings, in the order in which a proposal meets the checks. Reads nothing but the facts. */
import { type Check, type Finding, GROUPS, type Seen, type Verdict } from './check.ts'
import { CONTRACT } from './contract.ts'
import { DEPOT } from './depot.ts'
import { EPOCHS } from './epochs.ts'
import type { Facts } from './facts.ts'
import { MACHINE } from './machine.ts'
import { MONEY } from './money.ts'
import { NETWORK } from './network.ts'
import { ON_CHAIN } from './on-chain.ts'
import { PROPOSAL } from './proposal.ts'
import { PROVIDERS } from './providers.ts'
import { SERVED } from './served.ts'
import { TERMS } from './terms.ts'
import { URL_TEXT } from './url.ts'

export const CHECKS: readonly Check[] = [
  ...MACHINE,
  ...NETWORK,
  ...MONEY,
  ...CONTRACT,
  ...ON_CHAIN,
  ...PROPOSAL,
  ...EPOCHS,
  ...TERMS,
  ...URL_TEXT,
  ...SERVED,
  ...DEPOT,
  ...PROVIDERS,
]

export function diagnose(facts: Facts): Finding[] {
  return CHECKS.flatMap((check) => {
    const seen = check.look(facts)
    if (seen === undefined) return []
    return (isList(seen) ? seen : [seen]).map((one) => finding(check, one))
  })
}

/** `refused` before `warning` before `unknown` before `ok`. */
export function worst(findings: readonly Finding[]): Verdict {
  const order: readonly Verdict[] = ['refused', 'warning', 'unknown']
  return order.find((one) => findings.some(({ verdict }) => verdict === one)) ?? 'ok'
}

export function groupOf({ code }: Pick<Check, 'code'>): (typeof GROUPS)[number] {
  return GROUPS[Number(code.charAt('SL-D'.length))] ?? GROUPS[0]
}

function finding(check: Check, { verdict, seen, expected, fix, next, about }: Seen): Finding {
  const bad = verdict === 'refused' || verdict === 'warning'
  return {
    code: check.code,
    title: check.title,
    group: groupOf(check),
    by: check.by,
    verdict,
    about: about ?? null,
    seen,
    expected: verdict === 'ok' ? null : (expected ?? null),
    fix: bad ? (fix ?? check.fix) : null,
    next: bad ? (next ?? null) : null,
  }
}

function isList(seen: Seen | readonly Seen[]): seen is readonly Seen[] {
  return Array.isArray(seen)
}
