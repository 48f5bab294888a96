/** `npm run demo [-- PATH] [--json]`: the main job on a local Filecoin, told as a story or as one JSON value. */
import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isStorageError, StorageError } from '../src/errors.ts'
import type { ErrorDocument } from '../src/flow/documents.ts'
import { formatBytes, formatDuration } from '../src/terminal/format.ts'
import { buildContracts } from './demo/build.ts'
import { liveOnce } from './demo/life.ts'
import { narrator } from './demo/narrate.ts'

const SAMPLE = 'scripts/sample'
const FOLDER = '.sealift'
const HELP = `npm run demo [-- PATH] [-- --json] [-- --follow-symlinks]

Stores PATH (a file or a folder; the sample data that comes with Sealift unless stated) on a local Filecoin with two
providers, deletes the local copy, fetches it back from a provider and compares every byte.

  --json             exactly one JSON value on standard output; the story goes to standard error
  --follow-symlinks  store what symbolic links point to; without it a link is refused
  --help             this text
`

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () =>
    interruption.abort(new StorageError('ABORTED', { what: 'the demo was interrupted' })),
  )

let json = false
try {
  const { values, positionals } = parseArguments()
  json = values.json
  if (values.help) process.stdout.write(HELP)
  else
    await demo(resolve(process.env['INIT_CWD'] ?? '.', positionals[0] ?? resolve(SAMPLE)), values)
} catch (thrown) {
  fail(thrown)
}

function parseArguments() {
  const options = {
    json: { type: 'boolean', default: false },
    'follow-symlinks': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  try {
    const parsed = parseArgs({ options, allowPositionals: true })
    if (parsed.positionals.length <= 1) return parsed
    throw new TypeError(`expected one path, got ${parsed.positionals.length}`)
  } catch (cause) {
    json = process.argv.includes('--json')
    throw new StorageError('ARGUMENT_INVALID', {
      what: cause instanceof Error ? cause.message : String(cause),
      next: 'npm run demo -- --help',
      cause,
    })
  }
}

async function demo(input: string, values: { json: boolean; 'follow-symlinks': boolean }) {
  await stat(input).catch((cause: unknown) => {
    throw new StorageError('INPUT_NOT_FOUND', { what: `there is no ${input}`, cause })
  })
  const begin = performance.now()
  await buildContracts()
  const { default: hre } = await import('hardhat')
  const shown = relative(process.cwd(), input)
  const tell = narrator(
    values.json ? process.stderr : process.stdout,
    shown.startsWith('..') ? input : shown,
  )
  const document = await liveOnce({
    hre,
    input,
    folder: resolve(FOLDER),
    followSymlinks: values['follow-symlinks'],
    signal: interruption.signal,
    tell,
  })
  const took = formatDuration(performance.now() - begin)
  tell.end(
    `Stored twice, fetched back, identical: ${took}, at most ${formatBytes(document.peakMemoryBytes)} of memory`,
  )
  if (values.json) process.stdout.write(`${JSON.stringify(document)}\n`)
}

function fail(thrown: unknown): void {
  const error = isStorageError(thrown)
    ? thrown
    : new StorageError('INTERNAL', {
        what: thrown instanceof Error ? thrown.message : String(thrown),
        cause: thrown,
      })
  const document: ErrorDocument = {
    version: 1,
    kind: 'error',
    code: error.code,
    message: error.message,
    hint: error.hint ?? null,
    next: error.next ?? null,
  }
  process.stderr.write(`\nError ${error.code}: ${error.message}\n`)
  if (error.hint !== undefined) process.stderr.write(`${error.hint}\n`)
  if (error.next !== undefined) process.stderr.write(`Next: ${error.next}\n`)
  if (error.code === 'INTERNAL')
    process.stderr.write(`${thrown instanceof Error ? thrown.stack : ''}\n`)
  if (json) process.stdout.write(`${JSON.stringify(document)}\n`)
  process.exitCode = 1
}
