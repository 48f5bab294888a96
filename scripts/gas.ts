/**
 * Gas and code sizes of the client contract, the hub and kept storage, as the Gas.t.sol of test/contracts measure them, held against
 * the committed figures beside them and the tables of docs/performance.md.
 *
 *     node scripts/gas.ts           exits 1 if a figure is another
 *     node scripts/gas.ts --write   writes them
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './bench/child.ts'
import { PAGE, pageWith } from './bench/write-docs.ts'

type Figures = Readonly<Record<string, number>>

interface Suite {
  /** Folder of test/contracts with the test and its figures. */
  readonly folder: string
  /** Name of the markers in docs/performance.md. */
  readonly place: string
  readonly table: (figures: Figures) => string
}

/** The starter kit's client on the same EVM with the same golden bytes, execution only. */
const STARTER_KIT: Figures = {
  'first proposal of a client': 376_394,
  authenticate: 121_475,
  'notify, first replica': 163_944,
  'code of the client': 23_010,
}

const SUITES: readonly Suite[] = [
  { folder: 'client', place: 'gas', table: tableOfClient },
  { folder: 'hub', place: 'hub-gas', table: plainTable },
  { folder: 'perpetual', place: 'perpetual-gas', table: plainTable },
]

const differences: string[] = []
for (const suite of SUITES) differences.push(...(await play(suite)))
for (const line of differences) console.error(line)
if (differences.length > 0) {
  console.error('next: find out why, or accept it with npm run check -- gas --write')
  process.exitCode = 1
}

async function play({ folder, place, table }: Suite): Promise<string[]> {
  const file = join(ROOT, 'test', 'contracts', folder, 'gas.json')
  const measured = measure(`test/contracts/${folder}/Gas.t.sol`)
  const page = await pageWith(place, table(measured))
  if (process.argv.includes('--write')) {
    writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`)
    writeFileSync(PAGE, page)
    return []
  }
  const committed = JSON.parse(readFileSync(file, 'utf8')) as Figures
  const found = [...changes(committed, measured)]
  if (readFileSync(PAGE, 'utf8') !== page) found.push('docs/performance.md has other figures')
  return found
}

function measure(test: string): Figures {
  const hardhat = join('node_modules', '.bin', 'hardhat')
  const { stdout, stderr, status } = spawnSync(hardhat, ['test', 'solidity', test], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${test} failed:\n${stdout}${stderr}`)
  const lines = stdout.matchAll(/^([\w ,]+): (\d+)$/gm)
  const figures = [...lines].map(([, name = '', value]): [string, number] => [name, Number(value)])
  if (figures.length === 0) throw new Error(`${test} printed no figures:\n${stdout}`)
  return Object.fromEntries(figures.toSorted(([a], [b]) => a.localeCompare(b, 'en')))
}

function* changes(before: Figures, after: Figures): Generator<string> {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (before[name] === after[name]) continue
    yield `${name}: committed ${before[name] ?? 'nothing'}, measured ${after[name] ?? 'nothing'}`
  }
}

function tableOfClient(figures: Figures): string {
  const rows = Object.entries(figures).map(([name, value]) => {
    const old = STARTER_KIT[name]
    const ratio = old === undefined ? '' : `${Math.round((100 * value) / old)} %`
    return `| ${name} | ${old?.toLocaleString('en') ?? ''} | ${value.toLocaleString('en')} | ${ratio} |`
  })
  return ['| | starter kit | here | |', '|---|--:|--:|--:|', ...rows].join('\n')
}

function plainTable(figures: Figures): string {
  const rows = Object.entries(figures).map(
    ([name, value]) => `| ${name} | ${value.toLocaleString('en')} |`,
  )
  return ['| | here |', '|---|--:|', ...rows].join('\n')
}
