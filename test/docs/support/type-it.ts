/** Types one command of a page, and remembers what later commands of the page refer to. */
import { expect } from 'chai'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Terminal } from '../../e2e/support/terminal.ts'

/** They run until Ctrl-C. */
const SERVICES = new Set(['depot', 'keeper', 'aggregator', 'dashboard', 'watch', 'reannounce'])

export type Known = Map<string, string>

export async function runLine(terminal: Terminal, line: string, known: Known): Promise<void> {
  const words = line
    .replace(/^npx hardhat /, '')
    .replace(/--network \S+/, '')
    .trim()
    .split(/\s+/)
    .map((word) => meaning(terminal, word, known))
  // It would unpack into the folder that the tests run in.
  if (words[0] === 'retrieve' && !words.includes('--out'))
    words.push('--out', join(terminal.folder, `out-${known.size}-${line.length}`))
  const [task = ''] = words
  if (isService(task, words)) return serveAWhile(terminal, words)
  const document = await terminal.run(...words).catch((error: unknown) => {
    const { code, stdout } = error as { code: number; stdout: string }
    // 2: done, and others have not had their turn yet.
    if (code === 2) return JSON.parse(stdout) as unknown
    throw new Error(`${line}: exit code ${code}: ${stdout}`)
  })
  learn(terminal.folder, document as Record<string, unknown>, known)
}

function isService(task: string, words: readonly string[]): boolean {
  return (SERVICES.has(task) || words.includes('--follow')) && !words.includes('--once')
}

async function serveAWhile(terminal: Terminal, words: readonly string[]): Promise<void> {
  // A port of the page may be taken on this machine.
  const free = words.map((word, i) => (words[i - 1] === '--port' ? '0' : word))
  const code = await terminal.serve(...free)
  expect(code, `exit code of ${words.join(' ')}`).to.be.oneOf([0, 2])
}

function meaning(terminal: Terminal, word: string, known: Known): string {
  const { folder } = terminal
  if (/^[A-Z][A-Z_]+$/.test(word))
    return known.get(word) ?? expect.fail(`nothing is known of ${word}`)
  // Where the reader's depot is reached.
  if (word === 'https://depot.example.org') return terminal.env['SEALIFT_DEPOT_URL'] ?? ''
  if (word.startsWith('./')) return join(folder, word)
  return /^(receipts|back)$/.test(word) ? join(folder, word) : word
}

/** The words that the pages write in capitals. */
function learn(folder: string, document: Record<string, unknown>, known: Known): void {
  const [proposal] = (document['proposals'] ?? []) as Record<string, unknown>[]
  if (document['kind'] === 'proposed' && proposal !== undefined) {
    known.set('PROPOSAL', String(proposal['proposalId']))
    known.set('CID', String(proposal['label']).split('/ipfs/')[1] ?? '')
    const [deal] = proposal['deals'] as { dealId: number; provider: string }[]
    if (deal !== undefined) known.set('DEAL', String(deal.dealId)).set('PROVIDER', deal.provider)
    known.set('PIECE', String(proposal['pieceCid']))
  }
  if (document['kind'] === 'aggregated') known.set('AGGREGATE', String(document['pieceCid']))
  if (document['kind'] === 'prepared') {
    const [piece] = document['pieces'] as Record<string, unknown>[]
    known.set('PIECE', String(piece?.['pieceCidV2']))
  }
  if (document['kind'] === 'receipts') {
    const [file] = readdirSync(join(folder, 'receipts'))
    if (file !== undefined) known.set('RECEIPT', join(folder, 'receipts', file))
  }
}
