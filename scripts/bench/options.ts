/** The command line of the benchmark. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Plan } from './session.ts'

export const HELP = `npm run bench -- [options]

Measures Sealift's piece engine beside its peers in one run: commitments in memory, preparation from disk to disk, start-up.
Needs 8 GB of disk and some minutes. It is a benchmark, not a test: the exit code says whether everything ran and all
agreed about the CIDs, not whether it was fast.

  --rounds N         runs of each row (5 in memory, 3 on disk)
  --size SIZE        the one large file (2GiB)
  --only REGEX       rows to run, by id: memory/wasm, file/prepare-1-thread …
  --grow             also preparation of 1 MiB to 8 GiB, for the plot; sizes that the disk has no room for are left out
  --quick            small sizes and one round: whether everything runs
  --dir FOLDER       where inputs and outputs lie; a folder is made in it and removed (the system's temporary folder)
  --json             exactly one JSON value on standard output (schema: scripts/bench/report.ts), progress on standard error;
                     npm run --silent keeps npm's own lines away
  --write-docs FILE  runs nothing: puts the tables and the plot of a run, its JSON in FILE, into docs/performance.md
  --help             this text
`

const GIB = 2 ** 30
const MIB = 2 ** 20

export interface Options {
  readonly plan: Plan
  readonly dir: string | undefined
  readonly json: boolean
  readonly help: boolean
  /** Path of the JSON of an earlier run. */
  readonly writeDocs: string | undefined
}

/** Paths are relative to `cwd`. @throws TypeError, RangeError, SyntaxError with a sentence for the user */
export function parseOptions(args: readonly string[], cwd: string): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      size: { type: 'string' },
      only: { type: 'string', default: '' },
      grow: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      dir: { type: 'string' },
      json: { type: 'boolean', default: false },
      'write-docs': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { quick, grow, json, help, 'write-docs': docs } = values
  const rounds = values.rounds === undefined ? undefined : countOf(values.rounds)
  const inCwd = (path: string | undefined) => (path === undefined ? path : resolve(cwd, path))
  return {
    plan: {
      rounds: { memory: rounds ?? (quick ? 1 : 5), disk: rounds ?? (quick ? 1 : 3) },
      only: new RegExp(values.only),
      quick,
      fileSize: values.size === undefined ? (quick ? 64 * MIB : 2 * GIB) : parseBytes(values.size),
      grow,
    },
    dir: inCwd(values.dir),
    json,
    help,
    writeDocs: inCwd(docs),
  }
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new RangeError(`--rounds is a whole number from 1, got "${text}"`)
  return Number(text)
}

/** `512MiB`, `2 GiB`, `1000`. */
function parseBytes(text: string): number {
  const [, count = '', unit = ''] = /^([1-9]\d{0,8}) ?(KiB|MiB|GiB)?$/i.exec(text) ?? []
  if (count === '') throw new RangeError(`--size is a number with KiB, MiB or GiB, got "${text}"`)
  const power = ['', 'kib', 'mib', 'gib'].indexOf(unit.toLowerCase())
  return Number(count) * 1024 ** power
}
