/**
 * `npm run mutants [-- NAME… --keep]`: plants each bug of test/contracts/mutants by itself and runs the tests against it:
 * the invariant suite for the client, their own tests for the hub and for kept storage. One line for each; exit code 1 if
 * one survives, or if a contract as it is does not pass.
 *
 * The invariant suite and the tests of kept storage are compiled once, with contracts that come from their artifacts
 * (`vm.getCode`); a mutant compiles these alone. The hub's tests are compiled once too, and a mutant what it changes. One
 * for each processor is worked on at a time.
 */
import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { hubMutants } from '../test/contracts/mutants/hub.ts'
import { mutants as clientMutants, type Mutant } from '../test/contracts/mutants/mutants.ts'
import { perpetualMutants } from '../test/contracts/mutants/perpetual.ts'

const ROOT = resolve(import.meta.dirname, '..')
const SUITE = 'test/contracts/invariants/Invariants.t.sol'
const FACTORY = 'contracts/DealClientFactory.sol'
const AT_A_TIME = availableParallelism()

/** Played one after the other until one fails: calls over all campaigns, and the seed. */
const TRIALS = [3_000, 9_000, 12_000].map((calls, index) => ({
  calls,
  seed: `0x${String(index + 1).padStart(64, '0')}`,
}))

const HUB_TESTS = ['Completion', 'Payment', 'Views']
  .map((name) => `test/contracts/hub/${name}.t.sol`)
  .concat('test/contracts/piece/DataSegment.t.sol')

const PERPETUAL = ['contracts/PerpetualStorage.sol', 'contracts/perpetual/StoreClientFactory.sol']
const PERPETUAL_TESTS = [
  'Money',
  'Pay',
  'Poke',
  'Providers',
  'Reentrancy',
  'Renewal',
  'Repair',
  'Store',
].map((name) => `test/contracts/perpetual/${name}.t.sol`)

/** Sources of the client, by folder or file. */
const CLIENT = [
  'DealClient.sol',
  'DealClientFactory.sol',
  'client',
  'filecoin',
  'interfaces',
  'piece',
]
const PERPETUAL_SOURCES = [
  ...CLIENT.map((one) => join('contracts', one)),
  'contracts/PerpetualStorage.sol',
  'contracts/perpetual',
]
/** What the suite is made of beside them. */
const SUITE_SOURCES = [
  'contracts/localnet',
  'test/contracts/support',
  'test/contracts/localnet/support',
]

/** `function <name>() returns (address)` that deploys contracts from artifacts, each constructed with the one before. */
const deployByArtifact = (
  name: string,
  files: readonly string[],
) => `// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

interface Artifacts {
    function getCode(string calldata name) external view returns (bytes memory);
}

function ${name}() returns (address made) {
    Artifacts artifacts = Artifacts(address(uint160(uint256(keccak256("hevm cheat code")))));
    bytes memory code;
${files
  .map(
    (file) => `    code = bytes.concat(artifacts.getCode("${artifactOf(file)}"), abi.encode(made));
    assembly ("memory-safe") {
        made := create(0, add(code, 32), mload(code))
    }
    require(made != address(0), "not deployed");
`,
  )
  .join('')}}
`

/** `X.sol:X` */
const artifactOf = (file: string) => `${basename(file)}:${basename(file, '.sol')}`

interface Finding {
  /** The campaign or test in which it was seen. */
  readonly rule: string
  /** The action that saw it, or the last one before the rule was asked. */
  readonly action: string
  readonly reason: string
}

const args = process.argv.slice(2)
const keep = args.includes('--keep')
const names = args.filter((one) => !one.startsWith('--'))
const mutants = [...clientMutants, ...hubMutants, ...perpetualMutants]
const unknown = names.filter((name) => !mutants.some((mutant) => mutant.name === name))
if (unknown.length > 0) {
  console.error(
    `no mutant ${unknown.join(', ')}: expected ${mutants.map((one) => one.name).join(', ')}`,
  )
  process.exit(1)
}
const chosen = names.length === 0 ? mutants : mutants.filter((one) => names.includes(one.name))

const work = mkdtempSync(join(tmpdir(), 'sealift-mutants-'))
process.on('exit', () => {
  if (keep) console.log(`kept in ${work}`)
  else rmSync(work, { recursive: true, force: true })
})

/** A folder in which Hardhat finds its modules, the repository's compiler settings, and the given sources. */
function project(name: string, sources: readonly string[]): string {
  const folder = join(work, name)
  mkdirSync(folder)
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n')
  writeFileSync(
    join(folder, 'hardhat.config.ts'),
    `import { defineConfig } from 'hardhat/config'
import repository from ${JSON.stringify(join(ROOT, 'hardhat.config.ts'))}

const { fuzz, invariant } = repository.test.solidity
export default defineConfig({
  solidity: repository.solidity,
  paths: { tests: { solidity: './test/contracts' } },
  test: { solidity: { fuzz, invariant: { ...invariant, shrinkRunLimit: 0 } } },
})
`,
  )
  for (const source of sources) {
    cpSync(join(ROOT, source), join(folder, source), { recursive: true })
  }
  return folder
}

function hardhat(folder: string, command: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'node_modules', 'hardhat', 'dist', 'src', 'cli.js'), ...command],
    {
      cwd: folder,
      env: { ...process.env, ...env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  }
  return new Promise<{ code: number; text: string }>((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => done({ code: code ?? 1, text }))
  })
}

async function build(folder: string, ...files: string[]): Promise<void> {
  const { code, text } = await hardhat(folder, ['build', ...files])
  if (code !== 0) throw new Error(`${files.join(', ')} does not compile:\n${text}`)
}

function plant(folder: string, mutant: Mutant): void {
  for (const { file, find, replace } of mutant.edits) {
    const path = join(folder, file)
    const parts = readFileSync(path, 'utf8').split(find)
    if (parts.length !== 2) {
      throw new Error(
        `${mutant.name}: the text stands in ${file} ${parts.length - 1} times, expected once; bring test/contracts/mutants up to date:\n${find}`,
      )
    }
    writeFileSync(path, parts.join(replace))
  }
}

/** Rules that failed, with what was said first. */
function findings(text: string): Finding[] {
  // "1) SlotsCampaign#invariant_…()", "Error: …", then the calls that led there.
  const parts = text.split(/^ *\d+\) \w+Campaign#invariant_(?=\w+\(\)\n)/m).slice(1)
  return parts.map((part) => ({
    rule: /^\w+/.exec(part)?.[0] ?? '',
    action: [...part.matchAll(/^ *signature: (\w+)/gm)].at(-1)?.[1] ?? 'set up',
    reason: printable(/^ *Error: (.*)$/m.exec(part)?.[1] ?? ''),
  }))
}

/** A custom error without a decoder is shown with its raw bytes. */
const printable = (text: string) =>
  text
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** A copy of the suite with contracts of its own, the mutant planted, in place of those that it asks for by name. */
async function withArtifacts(
  suite: string,
  name: string,
  files: readonly string[],
  sources: readonly string[],
  mutant: Mutant | undefined,
): Promise<string> {
  const own = project(`contracts-${name}`, sources)
  if (mutant !== undefined) plant(own, mutant)
  await build(own, ...files)
  const copy = join(work, name)
  cpSync(suite, copy, { recursive: true, verbatimSymlinks: true })
  for (const artifact of [...files, 'build-info'].map((one) => join('artifacts', one))) {
    mkdirSync(dirname(join(copy, artifact)), { recursive: true })
    cpSync(join(own, artifact), join(copy, artifact), { recursive: true })
  }
  return copy
}

/** Compiles one client, gives it to a copy of the suite and plays until a rule fails. */
async function play(suite: string, mutant: Mutant | undefined): Promise<Finding[]> {
  const name = mutant?.name ?? 'as-it-is'
  const sources = CLIENT.map((one) => join('contracts', one))
  const copy = await withArtifacts(suite, name, [FACTORY], sources, mutant)
  for (const { calls, seed } of TRIALS) {
    const { code, text } = await hardhat(copy, ['test', 'solidity', '--no-compile', SUITE], {
      SEALIFT_INVARIANT_CALLS: String(calls),
      SEALIFT_FUZZ_SEED: seed,
    })
    const found = findings(text)
    if (found.length > 0) return found
    if (code !== 0 || !/^ *\d+ passing$/m.test(text))
      throw new Error(`${name}: the suite did not run:\n${text}`)
  }
  return []
}

/** Plants into a copy of the hub and its tests, compiles what changed and runs them. */
async function playHub(suite: string, mutant: Mutant | undefined): Promise<Finding[]> {
  const copy = join(work, mutant?.name ?? 'hub-as-it-is')
  cpSync(suite, copy, { recursive: true, verbatimSymlinks: true })
  if (mutant !== undefined) plant(copy, mutant)
  const { code, text } = await hardhat(copy, ['test', 'solidity', ...HUB_TESTS])
  return failures(code, text)
}

/** Compiles PerpetualStorage and runs the tests against it. */
async function playPerpetual(suite: string, mutant: Mutant | undefined): Promise<Finding[]> {
  const name = mutant?.name ?? 'perpetual-as-it-is'
  const copy = await withArtifacts(suite, name, PERPETUAL, PERPETUAL_SOURCES, mutant)
  const { code, text } = await hardhat(copy, [
    'test',
    'solidity',
    '--no-compile',
    ...PERPETUAL_TESTS,
  ])
  return failures(code, text)
}

function failures(code: number, text: string): Finding[] {
  // "1) PaymentTest#test_…()", "Error: …"
  const parts = text.split(/^ *\d+\) \w+#(?=\w+\()/m).slice(1)
  if (parts.length === 0 && (code !== 0 || !/^ *\d+ passing$/m.test(text)))
    throw new Error(`the tests did not run:\n${text}`)
  return parts.map((part) => {
    const rule = /^\w+/.exec(part)?.[0] ?? ''
    const reason = `${rule}: ${printable(/^ *Error: (.*)$/m.exec(part)?.[1] ?? '')}`
    return { rule, action: 'a test', reason }
  })
}

const started = Date.now()
const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(0)} s`

async function clientSuite(): Promise<string> {
  const suite = project('suite', [
    ...CLIENT.map((one) => join('contracts', one)),
    ...SUITE_SOURCES,
    'test/contracts/invariants',
  ])
  writeFileSync(
    join(suite, 'test/contracts/invariants/Deploy.sol'),
    deployByArtifact('deployFactory', [FACTORY]),
  )
  await build(suite, SUITE)
  console.log(`suite of the client compiled  ${seconds(started)}`)
  return suite
}

async function hubSuite(): Promise<string> {
  const suite = project('hub-suite', [
    ...CLIENT.map((one) => join('contracts', one)),
    'contracts/AggregationHub.sol',
    'contracts/hub',
    ...SUITE_SOURCES,
    'test/contracts/hub',
    'test/contracts/piece',
  ])
  for (const test of HUB_TESTS) await build(suite, test)
  console.log(`tests of the hub compiled  ${seconds(started)}`)
  return suite
}

async function perpetualSuite(): Promise<string> {
  const suite = project('perpetual-suite', [
    ...PERPETUAL_SOURCES,
    ...SUITE_SOURCES,
    'test/contracts/perpetual',
  ])
  writeFileSync(
    join(suite, 'test/contracts/perpetual/Deploy.sol'),
    deployByArtifact('deployPerpetual', [...PERPETUAL].toReversed()),
  )
  await build(suite, ...PERPETUAL_TESTS)
  console.log(`tests of kept storage compiled  ${seconds(started)}`)
  return suite
}

interface Job {
  readonly what: string
  readonly mutant?: Mutant
  readonly play: (mutant: Mutant | undefined) => Promise<Finding[]>
}

/** The contract as it is, then its mutants; nothing if none is chosen. */
async function jobsOf(
  contract: string,
  list: readonly Mutant[],
  suiteOf: () => Promise<string>,
  playIn: (suite: string, mutant: Mutant | undefined) => Promise<Finding[]>,
): Promise<Job[]> {
  const wanted = list.filter((one) => chosen.includes(one))
  if (wanted.length === 0) return []
  const suite = await suiteOf()
  const jobOf = (mutant?: Mutant): Job => ({
    what: mutant?.name ?? `the ${contract} as it is`,
    ...(mutant === undefined ? {} : { mutant }),
    play: (one) => playIn(suite, one),
  })
  return [jobOf(), ...wanted.map(jobOf)]
}

let caught = 0
let survived = 0
let broken = false
const queue: Job[] = [
  ...(await jobsOf('client', clientMutants, clientSuite, play)),
  ...(await jobsOf('hub', hubMutants, hubSuite, playHub)),
  ...(await jobsOf('kept storage', perpetualMutants, perpetualSuite, playPerpetual)),
]

async function worker(): Promise<void> {
  for (;;) {
    const job = queue.shift()
    if (job === undefined) return
    const since = Date.now()
    try {
      report(job, await job.play(job.mutant), seconds(since))
    } catch (error) {
      // One that cannot be played says nothing of the suite, and the others go on.
      broken = true
      console.log(
        `BROKEN    ${job.what}: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
}

function report({ what, mutant }: Job, found: readonly Finding[], took: string): void {
  const [first] = found
  if (mutant === undefined) {
    if (first !== undefined) broken = true
    const verdict =
      first === undefined
        ? 'passes'
        : `FAILED by "${first.reason}" at ${first.action}, ${first.rule}`
    console.log(`${what}: ${verdict}  ${took}`)
  } else if (first === undefined) {
    survived += 1
    console.log(`SURVIVED  ${mutant.name}  ${mutant.bug}  ${took}`)
  } else {
    caught += 1
    const expected = found.find((one) => mutant.noticed.test(one.reason))
    const { rule, action, reason } = expected ?? first
    const note = expected === undefined ? ` (expected ${mutant.noticed})` : ''
    console.log(
      `caught    ${mutant.name}  by "${reason}"${note} at ${action}, ${rule}; ${found.length} in all  ${took}`,
    )
  }
}

await Promise.all(Array.from({ length: AT_A_TIME }, worker))
console.log(`${caught} caught, ${survived} survived  ${seconds(started)}`)
process.exitCode = survived === 0 && !broken ? 0 : 1
