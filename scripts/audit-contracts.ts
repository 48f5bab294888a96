/**
 * `npm run audit:contracts`: what can be said of the contracts without a network.
 *
 * - solhint, without a warning;
 * - gas and code sizes, as committed;
 * - Slither, each finding answered in docs/static-analysis.md. Slither is a Python program that this project does not
 *   install: where it is not on the PATH (or named by SLITHER), the page's digest says whether its answers are about
 *   these sources.
 *
 * `--write` notes the digest after a run in which Slither found nothing unanswered.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { answersOf, findingsOf, unanswered } from './audit/findings.ts'
import { ROOT } from './bench/child.ts'

const VERSION = '0.11.6'
const PAGE = join(ROOT, 'docs', 'static-analysis.md')
/** One file that imports them all, so that what they share is found once. */
const TARGET = join('scripts', 'audit', 'Contracts.sol')
const DIGEST = /sha256 of the sources: `(\w*)`/

const failures: string[] = []
for (const name of ['solidity', 'gas']) {
  const { status } = spawnSync(process.execPath, ['scripts/check.ts', name], { stdio: 'inherit' })
  if (status !== 0) failures.push(name)
}
slither()
for (const failure of failures) console.error(`FAILED ${failure}`)
process.exitCode = failures.length === 0 ? 0 : 1

function slither(): void {
  const page = readFileSync(PAGE, 'utf8')
  const program = process.env['SLITHER'] ?? 'slither'
  const { stdout, error } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  if (error !== undefined) {
    console.log(
      `slither is not installed: pip install slither-analyzer==${VERSION}, or set SLITHER to it`,
    )
    if (DIGEST.exec(page)?.[1] === digest()) {
      console.log('ok     slither: the answers of docs/static-analysis.md are about these sources')
    } else {
      failures.push('slither: the sources changed after docs/static-analysis.md was last checked')
    }
    return
  }
  if (stdout.trim() !== VERSION) {
    console.log(
      `slither is ${stdout.trim()}, and the answers are about ${VERSION}: findings may differ`,
    )
  }
  const open = unanswered(analyse(program), answersOf(page))
  if (open.length > 0) failures.push(...open.map((line) => `slither: ${line}`))
  else console.log('ok     slither: every finding is answered in docs/static-analysis.md')
  if (open.length > 0) return
  const checked = page.replace(DIGEST, `sha256 of the sources: \`${digest()}\``)
  if (process.argv.includes('--write')) writeFileSync(PAGE, checked)
  else if (checked !== page)
    failures.push('slither: note the new digest with npm run audit:contracts -- --write')
}

function analyse(program: string): ReturnType<typeof findingsOf> {
  const folder = mkdtempSync(join(tmpdir(), 'sealift-audit-'))
  try {
    const report = join(folder, 'report.json')
    const compiler = join('scripts', 'audit', 'solc.mjs')
    const args = [TARGET, '--solc', compiler, '--filter-paths', 'node_modules', '--json', report]
    // The compiler's first line asks for `node`: this one.
    const path = [dirname(process.execPath), process.env['PATH']].join(delimiter)
    const env = { ...process.env, PATH: path }
    const { stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: ROOT, env })
    try {
      return findingsOf(
        JSON.parse(readFileSync(report, 'utf8')) as Parameters<typeof findingsOf>[0],
      )
    } catch (cause) {
      throw new Error(`Slither wrote no report:\n${stderr}`, { cause })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Of all sources that can reach a public network: the localnet's actors never do. */
function digest(): string {
  const hash = createHash('sha256')
  const folder = join(ROOT, 'contracts')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.sol') && !name.startsWith('localnet/'))
  for (const name of files.toSorted())
    hash.update(`${name}\n`).update(readFileSync(join(folder, name)))
  return hash.digest('hex')
}
