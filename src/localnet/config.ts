/**
 * Defaults of a simulated Filecoin, and the complaints about a configuration that cannot be one.
 */
import type { FilecoinConfig, FilecoinUserConfig, MinerConfig } from './types.ts'

/** Chain id of Lotus' local devnet (lotus build/buildconstants/params_2k.go). */
export const LOCALNET_CHAIN_ID = 31415926
/** Seconds (lotus build/buildconstants/params_shared_vals.go). */
export const EPOCH_SECONDS = 30
/** Ids below belong to singletons and, on a chain, to accounts of the genesis block. */
const FIRST_MINER_ID = 1000n

const DEFAULT_BASE_EPOCH = 1_000_000n
const GIB = 2n ** 30n
/** Sector size → RegisteredPoStProof of a window PoSt, proof version 1.1 (ref-fvm shared/src/sector/registered_proof.rs). */
const WINDOW_POST_PROOF: ReadonlyMap<bigint, number> = new Map([
  [2048n, 10],
  [8n * 2n ** 20n, 11],
  [512n * 2n ** 20n, 12],
  [32n * GIB, 13],
  [64n * GIB, 14],
])

export function windowPostProof(sectorSize: bigint): number | undefined {
  return WINDOW_POST_PROOF.get(sectorSize)
}

export function resolveFilecoin(user: FilecoinUserConfig = {}): FilecoinConfig {
  return {
    baseEpoch: BigInt(user.baseEpoch ?? DEFAULT_BASE_EPOCH),
    miners: (user.miners ?? [{}, {}]).map((miner, index): MinerConfig => ({
      id: BigInt(miner.id ?? FIRST_MINER_ID + BigInt(index)),
      sectorSize: BigInt(miner.sectorSize ?? 32n * GIB),
      multiaddrs: miner.multiaddrs ?? [],
      worker: miner.worker,
      owner: miner.owner,
    })),
  }
}

/** What is wrong with `filecoin` of a network: where, from `filecoin` on, and why. */
export function filecoinFaults(user: unknown): { path: (string | number)[]; message: string }[] {
  if (user === undefined || user === false) return []
  if (typeof user !== 'object' || user === null || Array.isArray(user)) {
    return [{ path: [], message: 'Expected an object, or false for a plain EVM' }]
  }
  const { baseEpoch, miners } = user as { baseEpoch?: unknown; miners?: unknown }
  const faults: { path: (string | number)[]; message: string }[] = []
  if (baseEpoch !== undefined && !isCount(baseEpoch)) {
    faults.push({ path: ['baseEpoch'], message: 'Expected an epoch, 0 or later' })
  }
  if (miners === undefined) return faults
  if (!Array.isArray(miners)) {
    return [...faults, { path: ['miners'], message: 'Expected a list of miners' }]
  }
  const seen = new Set<bigint>()
  for (const [index, miner] of miners.entries()) {
    for (const [key, message] of minerFaults(miner)) {
      faults.push({ path: ['miners', index, key], message })
    }
    const id =
      isRecord(miner) && isCount(miner.id) ? BigInt(miner.id) : FIRST_MINER_ID + BigInt(index)
    if (seen.has(id)) faults.push({ path: ['miners', index, 'id'], message: `f0${id} is taken` })
    seen.add(id)
  }
  return faults
}

function minerFaults(miner: unknown): [string, string][] {
  if (!isRecord(miner)) return [['', 'Expected an object']]
  const faults: [string, string][] = []
  const { id, worker, owner, sectorSize, multiaddrs } = miner
  if (
    id !== undefined &&
    !(isCount(id) && BigInt(id) >= FIRST_MINER_ID && BigInt(id) < 2n ** 40n)
  ) {
    faults.push(['id', `Expected an actor id from ${FIRST_MINER_ID} to 2^40 - 1`])
  }
  for (const [key, value] of Object.entries({ worker, owner })) {
    if (value !== undefined && !isHex(value, 20)) faults.push([key, 'Expected a 0x address'])
  }
  if (
    sectorSize !== undefined &&
    !(isCount(sectorSize) && WINDOW_POST_PROOF.has(BigInt(sectorSize)))
  ) {
    faults.push(['sectorSize', `Expected one of ${[...WINDOW_POST_PROOF.keys()].join(', ')} bytes`])
  }
  if (
    multiaddrs !== undefined &&
    !(Array.isArray(multiaddrs) && multiaddrs.every((a) => isHex(a)))
  ) {
    faults.push(['multiaddrs', 'Expected a list of binary multiaddrs as 0x hex'])
  }
  return faults
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isCount(value: unknown): value is bigint | number {
  return typeof value === 'bigint' ? value >= 0n : Number.isSafeInteger(value) && Number(value) >= 0
}

function isHex(value: unknown, bytes?: number): value is string {
  if (typeof value !== 'string' || !/^0x([0-9a-fA-F]{2})*$/.test(value)) return false
  return bytes === undefined || value.length === 2 + 2 * bytes
}
