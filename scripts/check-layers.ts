/**
 * Imports in `src/` point one way. This table is the house of docs/architecture.md; the check fails on any import that
 * it does not name. Pure folders may import neither an edge nor anything that reads the world.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** What joins the arrows may use each of them. */
const BELOW_FLOW = [
  'bytes',
  'piece',
  'aggregate',
  'car',
  'prepare',
  'deal',
  'receipt',
  'depot',
  'retrieve',
  'chain',
  'watch',
]

/** folder → the folders of `src/` that it may import (itself and errors.ts always). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bytes: [],
  threads: [],
  piece: ['bytes', 'threads'],
  car: ['bytes', 'piece'],
  unixfs: ['bytes', 'car'],
  aggregate: ['bytes', 'piece'],
  prepare: ['bytes', 'threads', 'piece', 'car', 'unixfs'],
  deal: ['bytes', 'piece'],
  receipt: ['bytes', 'piece', 'aggregate', 'deal'],
  depot: ['bytes', 'piece', 'aggregate', 'car', 'unixfs', 'prepare'],
  journal: ['depot'],
  retrieve: ['bytes', 'piece', 'aggregate', 'car', 'unixfs', 'prepare', 'receipt'],
  keep: ['bytes', 'piece', 'deal'],
  chain: ['bytes', 'piece', 'deal', 'keep'],
  watch: ['bytes', 'piece', 'deal', 'chain'],
  doctor: ['bytes', 'piece', 'car', 'deal'],
  timeline: ['bytes', 'piece', 'deal'],
  rank: ['bytes', 'deal'],
  relay: ['bytes', 'piece', 'deal', 'depot', 'journal', 'chain'],
  provider: [
    'bytes',
    'piece',
    'aggregate',
    'car',
    'prepare',
    'deal',
    'depot',
    'journal',
    'chain',
    'watch',
    'localnet',
  ],
  localnet: [],
  terminal: [],
  flow: [
    ...BELOW_FLOW,
    'journal',
    'keep',
    'doctor',
    'timeline',
    'rank',
    'relay',
    'provider',
    'localnet',
  ],
  aggregator: [...BELOW_FLOW, 'journal', 'flow'],
  keeper: [...BELOW_FLOW, 'journal', 'keep', 'flow'],
  follow: [...BELOW_FLOW, 'journal', 'timeline', 'relay', 'flow'],
  dashboard: [...BELOW_FLOW, 'timeline', 'rank', 'relay', 'terminal', 'flow', 'follow'],
}

const PURE = new Set([
  'bytes',
  'piece',
  'aggregate',
  'car',
  'unixfs',
  'deal',
  'receipt',
  'keep',
  'doctor',
  'timeline',
  'rank',
])
/** What a pure folder may not import: the file system, the network, processes, and the frameworks of the edges. */
const EDGE_MODULES =
  /^(node:(fs|fs\/promises|net|http|https|child_process|os|dns|stream\/web)|hardhat.*|@nomicfoundation\/.*|ethers|fastify)$/

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

const src = resolve('src')
const complaints: string[] = []
let files = 0

for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue
  const file = join(entry.parentPath, entry.name)
  const path = relative(src, file)
  const [folder = ''] = path.split(sep)
  if (!path.includes(sep)) continue // errors.ts and index.ts stand above the folders
  files += 1
  const allowed = MAY_IMPORT[folder]
  if (allowed === undefined) {
    complaints.push(`src/${path}: the folder "${folder}" is not in the house`)
    continue
  }
  for (const [, from, lazy] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const target = from ?? lazy ?? ''
    if (!target.startsWith('.')) {
      if (PURE.has(folder) && EDGE_MODULES.test(target)) {
        complaints.push(`src/${path}: pure code imports ${target}`)
      }
      continue
    }
    const [to = '', ...rest] = relative(src, resolve(dirname(file), target)).split(sep)
    if (to === '..') complaints.push(`src/${path}: imports ${target} from outside src/`)
    else if (rest.length === 0 && to === 'errors.ts' && folder !== 'localnet') continue
    else if (to !== folder && !allowed.includes(to)) {
      complaints.push(`src/${path}: "${folder}" may not import "${to}"`)
    }
  }
}

for (const complaint of complaints) console.error(complaint)
console.log(`layers: ${files} files, ${complaints.length} complaints`)
process.exitCode = complaints.length === 0 ? 0 : 1
