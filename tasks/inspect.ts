/** The checks of doctor before a send: what would be refused stops it, warnings are told, and nothing else is said. */
import { known } from '../src/doctor/facts.ts'
import type { Finding } from '../src/doctor/check.ts'
import type { FlowContext, KeepContext } from '../src/flow/context.ts'
import { refusalOf, sentenceOf } from '../src/flow/diagnosis.ts'
import { examineKept, examinePlan, type ExaminePorts } from '../src/flow/examine.ts'
import { onNetwork } from './messages.ts'
import type { Run } from './run.ts'

type Inspect = NonNullable<FlowContext['inspect']>

/** Errors of what it returns: WOULD_BE_REFUSED; NODE_UNREACHABLE. */
export function inspector(
  context: FlowContext,
  name: string,
  account: () => Promise<string>,
  run: Run,
): Inspect {
  const ports = portsOf(context, name, account)
  return async (plan) => {
    if (plan.pieces.every(({ offer }) => offer === undefined)) return
    heed(await examinePlan(plan, {}, ports), run)
  }
}

/** As `inspector`, for what is to be kept. */
export function keptInspector(
  context: KeepContext,
  name: string,
  run: Run,
): NonNullable<KeepContext['inspect']> {
  const { network, provider, depot, depotUrl, account, signal } = context
  const ports = { network, provider, depot, depotUrl, signal, option: onNetwork(name) }
  return async (piece, urls) =>
    heed(await examineKept(piece, urls, { ...ports, account: async () => account }), run)
}

export function portsOf(
  context: FlowContext,
  name: string,
  account: () => Promise<string>,
): ExaminePorts {
  const { client, ...rest } = context
  return { ...rest, client: known(client), option: onNetwork(name), account }
}

/** Errors: WOULD_BE_REFUSED. */
export function heed(findings: readonly Finding[], { progress }: Pick<Run, 'progress'>): void {
  for (const finding of findings)
    if (finding.verdict === 'warning') progress.line(`warning: ${sentenceOf(finding)}`)
  const unknown = findings.filter(({ verdict }) => verdict === 'unknown')
  if (unknown.length > 0)
    progress.line(`not known: ${unknown.map(({ code }) => code).join(', ')} (npx hardhat doctor)`)
  const refusal = refusalOf(findings)
  if (refusal !== undefined) throw refusal
}
