/**
 * Gas and code sizes of the client contract, as test/contracts/client/Gas.t.sol measures them, held against the committed
 * figures and the table of docs/performance.md.
 *
 *     node scripts/gas.ts           exits 1 if a figure is another
 *     node scripts/gas.ts --write   writes both
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './bench/child.ts'
import { PAGE, pageWith } from './bench/write-docs.ts'

type Figures = Readonly<Record<string, number>>

const TEST = 'test/contracts/client/Gas.t.sol'
const SNAPSHOT = join(ROOT, 'test', 'contracts', 'client', 'gas.json')

/** The starter kit's client on the same EVM with the same golden bytes, execution only. */
const STARTER_KIT: Figures = {
  'first proposal of a client': 376_394,
  authenticate: 121_475,
  'notify, first replica': 163_944,
  'code of the client': 23_010,
}

const measured = measure()
const snapshot = `${JSON.stringify(measured, null, 2)}\n`
const page = await pageWith('gas', tableOf(measured))

if (process.argv.includes('--write')) {
  writeFileSync(SNAPSHOT, snapshot)
  writeFileSync(PAGE, page)
} else {
  const committed = JSON.parse(readFileSync(SNAPSHOT, 'utf8')) as Figures
  const differences = [...changes(committed, measured)]
  if (readFileSync(PAGE, 'utf8') !== page) differences.push('docs/performance.md has other figures')
  for (const line of differences) console.error(line)
  if (differences.length > 0) {
    console.error('next: find out why, or accept it with npm run check -- gas --write')
    process.exitCode = 1
  }
}

function measure(): Figures {
  const hardhat = join('node_modules', '.bin', 'hardhat')
  const { stdout, stderr, status } = spawnSync(hardhat, ['test', 'solidity', TEST], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${TEST} failed:\n${stdout}${stderr}`)
  const lines = stdout.matchAll(/^([\w ,]+): (\d+)$/gm)
  const figures = [...lines].map(([, name = '', value]): [string, number] => [name, Number(value)])
  if (figures.length === 0) throw new Error(`${TEST} printed no figures:\n${stdout}`)
  return Object.fromEntries(figures.toSorted(([a], [b]) => a.localeCompare(b, 'en')))
}

function* changes(before: Figures, after: Figures): Generator<string> {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (before[name] === after[name]) continue
    yield `${name}: committed ${before[name] ?? 'nothing'}, measured ${after[name] ?? 'nothing'}`
  }
}

function tableOf(figures: Figures): string {
  const rows = Object.entries(figures).map(([name, value]) => {
    const old = STARTER_KIT[name]
    const ratio = old === undefined ? '' : `${Math.round((100 * value) / old)} %`
    return `| ${name} | ${old?.toLocaleString('en') ?? ''} | ${value.toLocaleString('en')} | ${ratio} |`
  })
  return ['| | starter kit | here | |', '|---|--:|--:|--:|', ...rows].join('\n')
}
