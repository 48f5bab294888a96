/** `npm run bench`: the piece engine beside its peers, as tables or as one JSON value. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isStorageError, StorageError } from '../src/errors.ts'
import type { ErrorDocument } from '../src/flow/documents.ts'
import { onInterrupt } from '../src/terminal/interrupt.ts'
import { measureAggregates } from './bench/aggregates.ts'
import { measureDisk } from './bench/disk.ts'
import { findingsOf } from './bench/findings.ts'
import { measureKeep } from './bench/keep.ts'
import { measureKeeper } from './bench/keeper.ts'
import { describeMachine } from './bench/machine.ts'
import { measureMemory } from './bench/memory.ts'
import { HELP, type Options, parseOptions } from './bench/options.ts'
import { decodeReport, encodeReport, type Report } from './bench/report.ts'
import { toRow } from './bench/rows.ts'
import { Session } from './bench/session.ts'
import { measureStages } from './bench/stages.ts'
import { textOf } from './bench/tables.ts'
import { writeDocs } from './bench/write-docs.ts'

const interruption = new AbortController()
const stopListening = onInterrupt(() => {
  const what = 'the benchmark was interrupted; nothing of it is left'
  interruption.abort(new StorageError('ABORTED', { what }))
})
try {
  const options = readOptions()
  if (options.help) process.stdout.write(HELP)
  else if (options.writeDocs === undefined) await bench(options)
  else await writeDocs(decodeReport(readFileSync(options.writeDocs, 'utf8')))
} catch (thrown) {
  fail(thrown)
} finally {
  stopListening()
}

function readOptions(): Options {
  try {
    return parseOptions(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd())
  } catch (cause) {
    throw new StorageError('ARGUMENT_INVALID', {
      what: cause instanceof Error ? cause.message : String(cause),
      next: 'npm run bench -- --help',
      cause,
    })
  }
}

async function bench({ plan, dir = tmpdir(), json }: Options): Promise<void> {
  const session = new Session(plan, interruption.signal, process.stderr)
  mkdirSync(dir, { recursive: true })
  const folder = mkdtempSync(join(dir, 'sealift-bench-'))
  try {
    const gathered = [
      ...(await measureMemory(session)),
      ...(await measureAggregates(session)),
      ...(await measureKeep(session)),
      ...(await measureKeeper(session)),
      ...(await measureStages(session, folder)),
      ...(await measureDisk(session, folder)),
    ]
    const rows = gathered.flatMap((one) => toRow(one) ?? [])
    if (rows.length + session.failures.length === 0)
      session.fail(`no row ran: nothing matches ${plan.only}`)
    const report: Report = {
      version: 1,
      kind: 'bench',
      machine: describeMachine(),
      rounds: plan.rounds,
      quick: plan.quick,
      rows,
      findings: findingsOf(rows),
      notes: session.notes,
      failures: session.failures,
    }
    process.stdout.write(json ? `${encodeReport(report)}\n` : textOf(report))
    if (report.failures.length > 0) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function fail(thrown: unknown): void {
  const code = isStorageError(thrown) ? thrown.code : 'INTERNAL'
  const next = isStorageError(thrown) ? (thrown.next ?? null) : null
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const document: ErrorDocument = { version: 1, kind: 'error', code, message, hint: null, next }
  process.stderr.write(`\nError ${code}: ${message}\n`)
  if (next !== null) process.stderr.write(`Next: ${next}\n`)
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(document)}\n`)
  process.exitCode = 1
}
