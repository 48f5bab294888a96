/** `npm run demo [-- PATH] [--json]`: the main job on a local Filecoin, told as a story or as one JSON value. */
import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isStorageError, StorageError } from '../src/errors.ts'
import type { ErrorDocument } from '../src/flow/documents.ts'
import { formatBytes, formatDuration } from '../src/terminal/format.ts'
import { onInterrupt } from '../src/terminal/interrupt.ts'
import { buildContracts } from './demo/build.ts'
import { liveOnce } from './demo/life.ts'
import { narrator } from './demo/narrate.ts'

const SAMPLE = 'scripts/sample'
const FOLDER = '.sealift'
const HELP = `npm run demo -- [PATH] [--json] [--follow-symlinks]

Stores PATH on a local Filecoin with two providers, deletes the local copy, fetches it back from a provider and compares
every byte. PATH is a file or a folder, or a CAR, which is stored as it is. Without it: sample data that comes with Sealift.

  --json             exactly one JSON value on standard output, the story on standard error;
                     npm run --silent keeps npm's own lines away
  --follow-symlinks  store what symbolic links point to; without it a link is refused
  --help             this text
`

const interruption = new AbortController()
const stopListening = onInterrupt(() => {
  const what = 'the demo was interrupted; nothing of it is left'
  interruption.abort(new StorageError('ABORTED', { what }))
})

let json = false
let story: ReturnType<typeof narrator> | undefined
try {
  const { values, positionals } = parseArguments()
  json = values.json
  if (values.help) process.stdout.write(HELP)
  else
    await demo(resolve(process.env['INIT_CWD'] ?? '.', positionals[0] ?? resolve(SAMPLE)), values)
} catch (thrown) {
  story?.fail()
  // Whatever was under way when it was interrupted, that is not the news.
  fail(interruption.signal.aborted ? interruption.signal.reason : thrown)
} finally {
  stopListening()
}

function parseArguments() {
  const options = {
    json: { type: 'boolean', default: false },
    'follow-symlinks': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  try {
    const parsed = parseArgs({ options, allowPositionals: true })
    const { positionals } = parsed
    if (positionals.length > 1) throw new TypeError(`expected one path, got ${positionals.length}`)
    if (positionals[0] === '') throw new TypeError('the path is empty')
    return parsed
  } catch (cause) {
    json = process.argv.includes('--json')
    const [message = ''] = (cause instanceof Error ? cause.message : String(cause)).split('. To ')
    throw new StorageError('ARGUMENT_INVALID', {
      what: message,
      next: 'npm run demo -- --help',
      cause,
    })
  }
}

async function demo(input: string, values: { json: boolean; 'follow-symlinks': boolean }) {
  await stat(input).catch((cause: unknown) => {
    throw new StorageError('INPUT_NOT_FOUND', {
      what: `there is no ${input}`,
      hint: 'Name a file or a folder, or none for the sample data.',
      next: 'npm run demo',
      cause,
    })
  })
  const begin = performance.now()
  await buildContracts()
  const { default: hre } = await import('hardhat')
  const shown = relative(process.cwd(), input)
  const tell = narrator(
    values.json ? process.stderr : process.stdout,
    shown.startsWith('..') ? input : shown,
  )
  story = tell
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
