/**
 * Set-up for a machine that has only Node 20 or newer and npm. Plain JavaScript, because nothing is installed yet.
 *
 * Hardhat 3 needs Node 22.13, so the project brings its own Node 24 (the npm package `node`). The install itself must
 * run under that Node: npm leaves out native packages whose `engines` the running Node does not satisfy, silently.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_MAJOR = 24
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.sealift-lock')

/** The Node that runs everything but this file. */
export const projectNode = join(
  modules,
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
)

/** Installs what the lock file names, unless that was done before. Progress goes to standard error. */
export function setup() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && existsSync(projectNode)) return
  const underNode = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR
  const command = underNode ? ['npm', 'ci'] : ['npx', '-y', '-p', `node@${NODE_MAJOR}`, 'npm', 'ci']
  process.stderr.write(`Setting up (once, about a minute): ${command.join(' ')}\n`)
  const result = spawnSync(command[0], [...command.slice(1), '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (result.status !== 0 || !existsSync(projectNode)) {
    process.stderr.write(
      'Set-up failed: npm could not install the packages of package-lock.json.\n' +
        'Is the npm registry reachable and the disk not full? Then run: npm run setup\n',
    )
    process.exit(1)
  }
  pruneHeaders()
  writeFileSync(stamp, lock)
}

/** The npm package of Node carries 68 MB of C++ headers and manuals that nothing here compiles against. */
function pruneHeaders() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const folder = join(modules, 'node', 'node_modules', `node-${platform}-${process.arch}`)
  for (const name of ['include', 'share']) {
    rmSync(join(folder, name), { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup()
