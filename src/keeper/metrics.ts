/** What a keeper does in numbers, in the text format of Prometheus, on a port of its own. */
import { EPOCH_SECONDS } from '../deal/units.ts'
import { type MetricsServer, serveText } from '../flow/metrics-server.ts'
import type { TickReport } from './keeper.ts'

export interface Measured {
  readonly report: TickReport
  /** Stores of each reason, of those that are known. */
  readonly standing: ReadonlyMap<string, number>
  /** Milliseconds since 1970, of the report and now. */
  readonly at: number
  readonly now: number
}

type Kind = 'gauge' | 'counter'

const ATTO = 10n ** 18n

/** Nothing yet: an empty page. */
function metricsText(measured: Measured | undefined): string {
  if (measured === undefined) return ''
  const { report, standing, at, now } = measured
  const lines: string[] = []
  const add = (name: string, kind: Kind, help: string, value: number): void => {
    const full = `sealift_keeper_${name}`
    lines.push(`# HELP ${full} ${help}`, `# TYPE ${full} ${kind}`, `${full} ${value}`)
  }
  add('stores', 'gauge', 'Stores on chain.', report.stores)
  add('stores_known', 'gauge', 'Stores that were looked at.', report.known)
  add('stores_due', 'gauge', 'Stores for which something was due at the last look.', report.due)
  lines.push(
    '# HELP sealift_keeper_stores_standing Known stores by the reason of their decision.',
    '# TYPE sealift_keeper_stores_standing gauge',
    ...[...standing].map(
      ([reason, count]) => `sealift_keeper_stores_standing{reason="${reason}"} ${count}`,
    ),
  )
  add('messages_sent_total', 'counter', 'Messages sent.', report.sent)
  add('messages_confirmed_total', 'counter', 'Messages mined that succeeded.', report.confirmed)
  add('messages_failed_total', 'counter', 'Messages mined that failed.', report.failed)
  add('messages_waiting', 'gauge', 'Messages that are not mined.', report.waiting)
  add('paid_fil_total', 'counter', 'FIL received for pokes.', inFil(report.paid))
  add('spent_fil_total', 'counter', 'FIL spent on gas.', inFil(report.spent))
  add('rpc_requests_total', 'counter', 'JSON-RPC requests.', report.requests)
  add('head_epoch', 'gauge', 'Epoch of the last look.', report.epoch)
  const lag = Math.floor((now - at) / (EPOCH_SECONDS * 1000))
  add('lag_epochs', 'gauge', 'Epochs of clock time since the last look.', lag)
  add('decision_seconds', 'gauge', 'Time of the last decision for all.', report.decisionSeconds)
  return `${lines.join('\n')}\n`
}

/** Answers `/metrics`. @throws PORT_IN_USE */
export function serveMetrics(
  measure: () => Measured | undefined,
  where: { readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  return serveText(() => metricsText(measure()), where)
}

/** For people and graphs: 15 digits. */
function inFil(amount: bigint): number {
  return Number(amount / ATTO) + Number(amount % ATTO) / Number(ATTO)
}
