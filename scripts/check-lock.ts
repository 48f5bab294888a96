/**
 * The lock file must install on every platform: npm leaves platform packages out of a lock file when the registry
 * could not serve them at that moment, and `npm ci` then fails for everybody. It must also name no registry host.
 */
import { readFileSync } from 'node:fs'

interface Locked {
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** The platforms of Hardhat's EVM (@nomicfoundation/edr). */
const EVM_PLATFORMS = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'linux-x64-gnu',
  'linux-x64-musl',
  'win32-x64-msvc',
]

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Locked>
}
const paths = Object.keys(lock.packages)
const has = (name: string) => paths.some((path) => path.endsWith(`node_modules/${name}`))
const complaints: string[] = []

for (const platform of EVM_PLATFORMS) {
  if (!has(`@nomicfoundation/edr-${platform}`)) complaints.push(`no EVM for ${platform}`)
}
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!has(name)) complaints.push(`${path}: optional package ${name} is missing`)
  }
  if (entry.resolved !== undefined) complaints.push(`${path}: names a registry host`)
}

for (const complaint of complaints) console.error(complaint)
console.log(`lock file: ${paths.length} packages, ${complaints.length} complaints`)
process.exitCode = complaints.length === 0 ? 0 : 1
