/** What the benchmark runs on. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { hashBackend } from '../../src/piece/hash-pairs.ts'
import type { Report } from './report.ts'

/** Instructions that SHA-256 code looks for, as Linux names them on x86 and ARM. */
const HASH_FEATURES = ['sha_ni', 'avx2', 'avx512f', 'sha2', 'asimd']

export function describeMachine(): Report['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    features: hashFeatures(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.versions.node,
    hashBackend: hashBackend(),
  }
}

/** Empty on systems that do not say. */
function hashFeatures(): string[] {
  try {
    const [, found = ''] =
      /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? []
    const all = new Set(found.split(/\s+/))
    return HASH_FEATURES.filter((feature) => all.has(feature))
  } catch {
    return []
  }
}
