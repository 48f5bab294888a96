/**
 * Writes genesis.json from the artifacts of contracts/localnet.
 *
 *     npx hardhat build --force && node src/localnet/make-genesis.ts            writes
 *     npx hardhat build --force && node src/localnet/make-genesis.ts --check    exits 1 if the file is not what would be written
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { GENESIS_FILE, type Genesis } from './genesis.ts'
import { actorAddress, INIT_ACTOR_ID, MARKET_ACTOR_ID, POWER_ACTOR_ID } from './native.ts'

const ARTIFACTS = new URL('../../artifacts/contracts/localnet/', import.meta.url)

/** builtin-actors actors/evm/src/interpreter/precompiles/mod.rs */
const PRECOMPILES: Readonly<Record<number, string>> = {
  1: 'precompiles/ResolveAddress',
  2: 'precompiles/LookupDelegatedAddress',
  3: 'precompiles/CallActor',
  5: 'precompiles/CallActorId',
  6: 'precompiles/GetRandomness',
}
const ACTORS: ReadonlyMap<bigint, string> = new Map([
  [INIT_ACTOR_ID, 'InitActor'],
  [POWER_ACTOR_ID, 'StoragePowerActor'],
  [MARKET_ACTOR_ID, 'StorageMarketActor'],
])

function runtimeCode(source: string): string {
  const name = source.split('/').at(-1)
  const artifact = JSON.parse(
    readFileSync(new URL(`${source}.sol/${name}.json`, ARTIFACTS), 'utf8'),
  ) as {
    deployedBytecode: string
    immutableReferences?: Record<string, unknown>
  }
  if (Object.keys(artifact.immutableReferences ?? {}).length > 0) {
    throw new Error(`${source} has immutables: code that is etched runs no constructor to set them`)
  }
  return withoutMetadata(artifact.deployedBytecode)
}

/** The compiler appends a hash of the sources, comments included, and its length in two bytes. It is no code. */
function withoutMetadata(code: string): string {
  const length = Number.parseInt(code.slice(-4), 16) + 2
  return code.slice(0, -2 * length)
}

function precompileAddress(number: number): string {
  return `0xfe${number.toString(16).padStart(38, '0')}`
}

const genesis: Genesis = {
  code: Object.fromEntries([
    ...Object.entries(PRECOMPILES).map(([number, source]) => [
      precompileAddress(Number(number)),
      runtimeCode(source),
    ]),
    ...[...ACTORS].map(([id, source]) => [actorAddress(id), runtimeCode(source)]),
  ]),
  minerCode: runtimeCode('StorageMinerActor'),
}
const text = `${JSON.stringify(genesis, null, 2)}\n`
const file = fileURLToPath(GENESIS_FILE)

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error('src/localnet/genesis.json is not what contracts/localnet compiles to')
    console.error('next: npx hardhat build --force && node src/localnet/make-genesis.ts')
    process.exitCode = 1
  }
} else {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}
